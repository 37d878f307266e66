import { F, gradients, type Tensor, tensor } from "atrous";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PaddingModeName } from "../../src/core/padding/index.ts";
import { filled, RUNS, reals, seeds } from "./arbitraries.ts";

/** The padded signal as its definition has it: pieces of the signal put before and after it. */
const naive: Record<PaddingModeName, (x: number[], before: number, after: number) => number[]> = {
  zeros: (x, before, after) => [...Array<number>(before).fill(0), ...x, ...Array<number>(after).fill(0)],
  replicate: (x, before, after) => [...Array(before).fill(x[0]!), ...x, ...Array(after).fill(x.at(-1)!)],
  reflect: (x, before, after) => [
    ...x.slice(1, before + 1).reverse(),
    ...x,
    ...x.slice(x.length - 1 - after, -1).reverse(),
  ],
  circular: (x, before, after) => [...x.slice(x.length - before), ...x, ...x.slice(0, after)],
};

const amounts = fc.record({
  mode: fc.constantFrom<PaddingModeName>("zeros", "replicate", "reflect", "circular"),
  length: fc.integer({ min: 1, max: 12 }),
  before: fc.nat(14),
  after: fc.nat(14),
});
const limit = { zeros: () => 14, replicate: () => 14, reflect: (l: number) => l - 1, circular: (l: number) => l };

test("pad puts the samples of its mode around the signal", () => {
  fc.assert(
    fc.property(amounts, ({ mode, length, before, after }) => {
      const x = Array.from({ length }, (_, i) => i + 1);
      if (Math.max(before, after) > limit[mode](length)) {
        expect(() => F.pad(tensor(x), [before, after], { mode })).toThrow(`pad: ${mode} padding`);
        return;
      }
      expect(F.pad(tensor(x), [before, after], { mode }).toArray()).toEqual(naive[mode](x, before, after));
      const rows = [x, x.map((v) => -v)];
      const expected = rows.map((row) => naive[mode](row, before, after));
      expect(F.pad(tensor(rows), [before, after], { mode }).toArray()).toEqual(expected);
    }),
    RUNS,
  );
});

const sizes = fc.record({
  batch: fc.integer({ min: 1, max: 2 }),
  groups: fc.integer({ min: 1, max: 2 }),
  perGroup: fc.integer({ min: 1, max: 3 }),
  kernelSize: fc.integer({ min: 1, max: 5 }),
  stride: fc.integer({ min: 1, max: 4 }),
  dilation: fc.integer({ min: 1, max: 3 }),
  length: fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 250, max: 262 })),
  padding: fc.tuple(fc.nat(9), fc.nat(9)),
});

describe("zeros that the kernel never reads are the zeros that pad puts there: the same float32 bits", () => {
  const bits = (x: Tensor): Int32Array => new Int32Array((x.dataSync() as Float32Array).buffer as ArrayBuffer);
  const setting = (
    { batch, groups, perGroup, kernelSize, length }: typeof sizes extends fc.Arbitrary<infer T> ? T : never,
    seed: number,
  ) => {
    const next = reals(seed);
    const channels = groups * perGroup;
    const x = filled([batch, channels, length], next, "float32");
    return { x, w: filled([channels, perGroup, kernelSize], next, "float32"), next };
  };

  test("conv1d and its gradients", () => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const { kernelSize, length, padding, ...options } = size;
        fc.pre(length + padding[0] + padding[1] > options.dilation * (kernelSize - 1));
        const { x, w, next } = setting(size, seed);
        const { stride, dilation, groups } = options;
        const inKernel = F.conv1d(x, w, null, { stride, dilation, groups, padding });
        const around = F.conv1d(F.pad(x, padding), w, null, { stride, dilation, groups });
        expect(bits(inKernel)).toEqual(bits(around));
        const gradOutput = filled(inKernel.shape, next, "float32");
        const [gx, gw] = gradients(inKernel, [x, w], { gradOutput });
        const [hx, hw] = gradients(around, [x, w], { gradOutput });
        expect(bits(gx!)).toEqual(bits(hx!));
        expect(bits(gw!)).toEqual(bits(hw!));
      }),
      RUNS,
    );
  });

  test("convTranspose1d, which crops what it never writes", () => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const { kernelSize, length, padding, stride, dilation, groups } = size;
        const full = (length - 1) * stride + dilation * (kernelSize - 1) + 1;
        fc.pre(full > padding[0] + padding[1]);
        const { x, w } = setting(size, seed);
        const inKernel = F.convTranspose1d(x, w, null, { stride, dilation, groups, padding });
        const whole = F.convTranspose1d(x, w, null, { stride, dilation, groups });
        expect(bits(inKernel)).toEqual(bits(whole.slice(-1, padding[0], full - padding[1])));
      }),
      RUNS,
    );
  });
});
