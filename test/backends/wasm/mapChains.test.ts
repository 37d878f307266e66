import { type Backend, evaluate, getBackend, reference, setBackend, type Tensor, tensor, wasm } from "atrous";
import { describe, expect, test } from "vitest";
import type { Instruction, ScalarFunction } from "../../../src/core/kernels.ts";
import { apply, edges, firstDifference, mapByKernel, mapByReference, step, sweep } from "./mapReference.ts";

const numbers = (size: number, seed: number): Float32Array =>
  Float32Array.from({ length: size }, (_, i) => Math.sin(1 + i * 12.9898 + seed * 78.233) * 3);

const chains: Record<string, readonly Instruction[]> = {
  "leaky relu: a comparison that only a selection reads": [
    step("less", 0, 1),
    step("mul", 0, 2),
    step("select", 3, 4, 0),
  ],
  "a comparison as a condition and as a number": [step("less", 0, 1), step("select", 3, 0, 2), step("add", 3, 4)],
  "a comparison of comparisons": [step("less", 0, 1), step("equal", 2, 3), step("less", 4, 3), step("select", 5, 4, 3)],
  "a comparison as the result": [step("add", 0, 1), step("equal", 3, 2)],
  "a comparison read twice as a condition": [step("equal", 0, 1), step("select", 3, 1, 2), step("select", 3, 2, 4)],
  "a condition that is an input": [step("floor", 0), step("select", 3, 1, 2)],
  "shared results": [step("mul", 0, 1), step("add", 3, 3), step("mul", 4, 3), step("sub", 5, 4), step("div", 6, 3)],
  "shared inputs": [step("mul", 0, 0), step("add", 0, 3), step("mul", 4, 1), step("sub", 5, 0), step("maximum", 6, 2)],
  "results that nothing reads": [step("mul", 0, 1), step("add", 0, 2), step("neg", 1), step("abs", 4)],
  "the same function twice": [step("sign", 0), step("relu", 1), step("sign", 4), step("relu", 3), step("add", 5, 6)],
};

describe.each(Object.entries(chains))("%s", (_, body) => {
  test.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31])("%i elements", (length) => {
    for (const strides of [
      [[1], [1], [1]],
      [[1], [0], [0]],
      [[0], [1], [2]],
    ]) {
      const attributes = { shape: [length], strides, body };
      const inputs = [numbers(length, 1), numbers(length, 2), numbers(2 * length, 3)];
      inputs[2]![0] = inputs[1]![0]!;
      expect(firstDifference(mapByKernel(attributes, inputs), mapByReference(attributes, inputs))).toBe(-1);
    }
  });

  test("in place of each input", () => {
    for (const inPlace of [0, 1, 2])
      for (const length of [3, 8, 29]) {
        const attributes = { shape: [length], strides: [[1], [1], [1]], body };
        const inputs = [1, 2, 3].map((seed) => numbers(length, seed));
        const actual = mapByKernel(attributes, inputs, { inPlace });
        expect(firstDifference(actual, mapByReference(attributes, inputs))).toBe(-1);
      }
  });
});

test("in place along axes, with a parameter of each channel", () => {
  for (const length of [2, 3, 5, 64]) {
    const attributes = {
      shape: [2, 7, length],
      strides: [
        [7 * length, length, 1],
        [0, 1, 0],
      ],
      body: chains["shared results"]!.slice(0, 3).map(({ fn, arguments: read }) => ({
        fn,
        arguments: read.map((i) => (i > 2 ? i - 1 : i)),
      })),
    };
    const inputs = [numbers(14 * length, 1), numbers(7, 2)];
    const actual = mapByKernel(attributes, inputs, { inPlace: 0 });
    expect(firstDifference(actual, mapByReference(attributes, inputs))).toBe(-1);
  }
});

test("64 functions in one chain", () => {
  const fns: ScalarFunction[] = ["neg", "abs", "sqrt", "floor", "round", "sign", "relu"];
  const body = Array.from({ length: 64 }, (_, i) => (i % 3 ? step("add", i + 1, 0) : step(fns[i % 7]!, i + 1)));
  const attributes = { shape: [37], strides: [[1], [1]], body };
  const inputs = [numbers(37, 1), numbers(37, 2)];
  expect(firstDifference(mapByKernel(attributes, inputs), mapByReference(attributes, inputs))).toBe(-1);
});

describe("a number gives the same bits in every lane and beside all others", () => {
  const unary = ["exp", "expm1", "log", "log1p", "sin", "cos", "tanh", "sigmoid", "erf"] as const;
  const values = Float32Array.from([...edges, ...sweep(3).filter((_, i) => i % 7 === 0)]);

  test.each(unary)("%s", (fn) => {
    const whole = apply(fn, values);
    for (const start of [1, 2, 3]) {
      const moved = apply(fn, values.slice(start));
      expect(firstDifference(moved, whole.slice(start)), `from ${start}`).toBe(-1);
    }
    edges.forEach((x, i) => {
      expect(Object.is(apply(fn, Float32Array.of(x))[0], whole[i]), `${fn}(${x}) alone`).toBe(true);
    });
    const backwards = apply(fn, values.slice().reverse());
    expect(firstDifference(backwards.reverse(), whole)).toBe(-1);
  });

  test("pow", () => {
    const others = values.map((_, i) => values[(i * 31 + 5) % values.length]!);
    const whole = apply("pow", values, others);
    for (const start of [1, 2, 3])
      expect(firstDifference(apply("pow", values.slice(start), others.slice(start)), whole.slice(start))).toBe(-1);
  });
});

test("every function in one program of the backend, also fused with another that takes a slow path", async () => {
  const results = (): Tensor[] => {
    const x = tensor(Float32Array.from({ length: 37 }, (_, i) => 0.05 * i + 0.1));
    const far = tensor(Float32Array.from({ length: 37 }, (_, i) => (i % 5 === 4 ? 1e7 * i : i)));
    const all = [x.exp(), x.expm1(), x.log(), x.log1p(), x.tanh(), x.sigmoid(), x.erf(), x.pow(0.3), x.square()];
    return [...all, far.sin(), far.cos(), all.reduce((sum, y) => sum.add(y).mul(far.sin()), far.cos())];
  };
  const before = getBackend();
  const valuesOn = async (backend: Backend): Promise<Float32Array[]> => {
    await setBackend(backend);
    const tensors = results();
    await evaluate(tensors);
    return tensors.map((y) => y.dataSync() as Float32Array);
  };
  try {
    const [actual, expected] = [await valuesOn(wasm()), await valuesOn(reference())];
    expected.forEach((values, k) => {
      values.forEach((value, i) => {
        expect(Math.abs(actual[k]![i]! - value)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(value)));
      });
    });
  } finally {
    await setBackend(before);
  }
});
