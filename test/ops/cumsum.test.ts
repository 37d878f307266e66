/** Cumulative sums, and the norm made of them. */
import { F, gradients, nn, randn, reference, setBackend, type Tensor, tensor, wasm } from "atrous";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { cumsum } from "../../src/backends/reference/cumsum.ts";
import { emitCumsum } from "../../src/backends/wasm/kernels/cumsum.ts";
import { cumsumFrom } from "../../src/ops/recurrent/cumsum.ts";
import { between, contents, expectSame, floats } from "../backends/wasm/agreement.ts";
import { runKernel } from "../backends/wasm/runKernel.ts";
import { decode } from "../nn/fixture.ts";
import { complaints, oracle, stateOf } from "../nn/recurrentFixture.ts";

afterAll(() => setBackend(wasm()));

const f64 = { dtype: "float64" } as const;
const bits = (x: Tensor): number[] => Array.from(new Int32Array(x.dataSync().buffer));

test("every sum of the numbers up to there, along any axis", () => {
  const x = tensor([
    [1, 2, 3],
    [10, 20, 30],
  ]);
  expect(F.cumsum(x, 1).toArray()).toEqual([
    [1, 3, 6],
    [10, 30, 60],
  ]);
  expect(x.cumsum(-2).toArray()).toEqual([
    [1, 2, 3],
    [11, 22, 33],
  ]);
  expect(F.cumsum(tensor(new Float32Array(0), { shape: [2, 0] }), 1).shape).toEqual([2, 0]);
  expect(F.cumsum(tensor(new Float32Array(0), { shape: [0, 2] }), 1).dataSync()).toEqual(new Float32Array(0));
});

describe.each(["float64", "float32"] as const)("PyTorch's numbers in %s", (dtype) => {
  test.each(oracle.cumsum)("cumsum of $x.0 along $axis", (given) => {
    const x = decode(given.x, dtype, true);
    expect(complaints(given, [F.cumsum(x, given.axis)], [x])).toEqual([]);
  });

  test.each(oracle.cumulativeNorm)("cumulative norm of $x.0, eps $eps", (given) => {
    const x = decode(given.x, dtype, true);
    const layer = new nn.CumulativeNorm(x.shape.at(-2)!, { eps: given.eps, dtype });
    layer.loadStateDict(stateOf(given.state, dtype));
    expect(complaints(given, [layer.forward(x)], [x, layer.weight!, layer.bias!])).toEqual([]);
  });
});

test("the gradients, also those of the gradients, of sums that go on", () => {
  const x = randn([2, 4], { ...f64, requiresGrad: true });
  const initial = randn([2], { ...f64, requiresGrad: true });
  const weigh = randn([2, 4], f64);
  const [gx, gi] = gradients(cumsumFrom(x, initial).pow(3).mul(weigh).sum(), [x, initial]) as [Tensor, Tensor];
  const y = initial.unsqueeze(1).add(F.cumsum(x, 1)).detach();
  const slope = y.square().mul(3).mul(weigh);
  expect(gx.sub(slope.flip(1).cumsum(1).flip(1)).abs().max().item()).toBeLessThan(1e-12);
  expect(gi.sub(slope.sum(1)).abs().max().item()).toBeLessThan(1e-12);
  const [second] = gradients(gi.sum(), [initial]) as [Tensor];
  expect(second.sub(y.mul(6).mul(weigh).sum(1)).abs().max().item()).toBeLessThan(1e-12);
});

describe("in WebAssembly", () => {
  test("the bits of the reference, and nothing written beside the result", () => {
    fc.assert(
      fc.property(between(0, 5), between(0, 40), contents, (rows, length, given) => {
        const inputs = [floats(given, rows * length), floats({ ...given, seed: given.seed + 7 }, rows)];
        expectSame(emitCumsum, cumsum, { rows, length }, inputs, "float32", rows * length);
      }),
      { numRuns: 300 },
    );
  });

  test("for float32 alone", () => {
    const inputs = [new Float64Array(2), new Float64Array(1)];
    expect(() => runKernel(emitCumsum, { rows: 1, length: 2 }, inputs, "float64", 2)).toThrow("no kernel");
  });
});

test.each(["reference", "wasm"])("in pieces the bits of the whole, on %s", async (name) => {
  await setBackend(name === "wasm" ? wasm() : reference());
  const x = randn([3, 50]);
  let total = randn([3]);
  const whole = cumsumFrom(x, total);
  const parts: Tensor[] = [];
  for (const part of x.split([1, 7, 16, 25, 1], 1)) {
    parts.push(cumsumFrom(part, total));
    total = parts.at(-1)!.slice(1, -1).squeeze(1);
  }
  const joined = F.cat(parts, 1);
  expect(bits(joined)).toEqual(bits(whole));
});

describe("cumulative norm", () => {
  test("has the statistics of the group norm of what it has seen", () => {
    const x = randn([2, 3, 9], f64);
    const y = F.cumulativeNorm(x, { eps: 1e-3 });
    for (const seen of [1, 4, 9]) {
      const group = F.groupNorm(x.slice(2, 0, seen), 1, { eps: 1e-3 });
      expect(
        group
          .slice(2, -1)
          .sub(y.slice(2, seen - 1, seen))
          .abs()
          .max()
          .item(),
      ).toBeLessThan(1e-12);
    }
  });

  test("does not look ahead, and a constant is no reason for a NaN", () => {
    const x = randn([1, 2, 8]);
    const y = F.cumulativeNorm(x).slice(2, 0, 5);
    expect(bits(F.cumulativeNorm(x.slice(2, 0, 5)))).toEqual(bits(y));
    const constant = F.cumulativeNorm(tensor(new Float32Array(600).fill(0.1), { shape: [1, 3, 200] }));
    expect(constant.abs().max().item()).toBeLessThan(0.1);
  });

  test("its repr, and what it refuses", () => {
    expect(new nn.CumulativeNorm(3).toString()).toBe("CumulativeNorm(3, eps=1e-05, affine=True)");
    expect([...new nn.CumulativeNorm(3, { affine: false }).stateDict()]).toEqual([]);
    expect(() => new nn.CumulativeNorm(3).forward(randn([1, 2, 4]))).toThrow(
      "CumulativeNorm: expected 3 channels, got 2",
    );
    expect(() => new nn.CumulativeNorm(3).forward(randn([4]))).toThrow("CumulativeNorm: expected an input");
    expect(() => new nn.CumulativeNorm(3, { eps: -1 })).toThrow("CumulativeNorm: eps must not be negative");
    expect(() => F.cumulativeNorm(randn([1, 2, 4]), { weight: randn([3]) })).toThrow(
      "cumulativeNorm: weight must have",
    );
  });
});

test("what is no axis or no float is refused", () => {
  expect(() => F.cumsum(randn([2, 3]), 2)).toThrow("cumsum: axis 2 is outside -2..1");
  expect(() => F.cumsum(randn([2, 3]), undefined as never)).toThrow("cumsum: an axis must be an integer");
  expect(() => F.cumsum(tensor([1, 2], { dtype: "int32" }), 0)).toThrow("cumsum: expected a floating-point tensor");
});
