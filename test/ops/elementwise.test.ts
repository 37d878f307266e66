import { F, gradients, OptionError, ShapeError, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { cotangent, expectClose, expectSlopes, leaf, weighed } from "./definitions.ts";

const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];
const f64 = { dtype: "float64" } as const;
const numbers = [-2.3, -0.7, 0.4, 1.1, 2.9];

const slopes = (f: (x: Tensor) => Tensor, at: number[]): unknown => {
  const x = leaf(at);
  return gradients(f(x).sum(), [x])[0]!.toArray();
};
const seconds = (f: (x: Tensor) => Tensor, at: number[]): unknown => slopes((x) => gradients(f(x).sum(), [x])[0]!, at);

describe("clamp", () => {
  test("holds numbers within one bound or two; where they cross, the upper one wins", () => {
    const x = tensor(numbers);
    expect(F.clamp(x, -1, 1).toArray()).toEqual(tensor([-1, -0.7, 0.4, 1, 1]).toArray());
    expect(x.clamp(0).toArray()).toEqual(x.relu().toArray());
    expect(x.clamp(null, 0).toArray()).toEqual(x.neg().relu().neg().add(0).toArray());
    expect(x.clamp(1, -1).toArray()).toEqual([-1, -1, -1, -1, -1]);
    expect(tensor([nan, infinity, -infinity]).clamp(0, 1).toArray()).toEqual([nan, 1, 0]);
  });

  test("the slope is 1 inside and at the bounds, 0 outside, as torch.clamp", () => {
    expect(slopes((x) => x.clamp(-1, 1), [-1.5, -1, 0, 1, 1.5])).toEqual([0, 1, 1, 1, 0]);
    expect(slopes((x) => x.clamp(1, -1), [-2, -1, 0, 1, 2])).toEqual([0, 0, 0, 0, 0]);
    expectSlopes((x) => F.clamp(x, -1, 2), leaf(numbers));
  });

  test("bounds may be tensors, which get the gradient where they are the result", () => {
    const [x, low, high] = [leaf(numbers), leaf([-1]), leaf([2])];
    const y = F.clamp(x, low, high);
    expect(y.toArray()).toEqual([-1, -0.7, 0.4, 1.1, 2]);
    const c = cotangent(y).dataSync() as Float64Array;
    const [, ofLow, ofHigh] = gradients(weighed(y), [x, low, high]);
    expect([ofLow!.item(), ofHigh!.item()]).toEqual([c[0], c[4]]);
  });

  test("errors", () => {
    const x = tensor([1]);
    expect(() => x.clamp()).toThrow(new OptionError("clamp: at least one bound is needed: clamp(x, lowest), clamp(x, null, highest)")); // biome-ignore format: one line
    expect(() => x.clamp(nan)).toThrow(new OptionError("clamp: a bound must be a number, got NaN"));
    expect(() => x.clamp("1" as never)).toThrow('clamp: expected a tensor, got "1"');
  });
});

test("square is the product with itself, greater is less the other way round", () => {
  expectSlopes(F.square, leaf(numbers));
  expect(F.square(tensor([-3, 2])).toArray()).toEqual([9, 4]);
  expect(F.greater(tensor([1, 2, 3, nan]), 2).toArray()).toEqual([0, 0, 1, 0]);
  expect(F.greater(2, tensor([1, 2, 3, nan])).toArray()).toEqual([1, 0, 0, 0]);
  expect(() => tensor([1, 2]).greater(tensor([1, 2, 3]))).toThrow(ShapeError);
  expect(() => tensor([1, 2]).greater(tensor([1, 2, 3]))).toThrow(/^greater: /);
});

describe("argmax and argmin", () => {
  const x = tensor([[3, 9, 9], [-4, 0, -4]]); // biome-ignore format: one line

  test("the first extreme along an axis, or of all in row-major order", () => {
    expect(F.argmax(x, 1).toArray()).toEqual([1, 1]);
    expect(F.argmax(x, 0, { keepDim: true }).toArray()).toEqual([[0, 0, 0]]);
    expect(F.argmin(x, -1).toArray()).toEqual([0, 0]);
    expect([x.argmax().item(), x.argmin().item()]).toEqual([1, 3]);
    expect(x.argmax(undefined, { keepDim: true }).shape).toEqual([1, 1]);
    expect(x.argmax().dtype).toBe("int32");
  });

  test("a NaN comes first, as in PyTorch", () => {
    const y = tensor([1, nan, 3, nan]);
    expect([y.argmax().item(), y.argmin().item()]).toEqual([1, 1]);
    expect(y.min().item()).toBeNaN();
  });

  test("point at what max and min give", () => {
    const along = [x.max(0), x.min(0)].map((y) => y.toArray());
    expect(along).toEqual([[3, 9, 9], [-4, 0, -4]]); // biome-ignore format: one line
    expect(slopes((y) => y.min().mul(3), [4, -1, 2, -1])).toEqual([0, 3, 0, 0]);
  });

  test("errors name the function", () => {
    for (const name of ["max", "min", "argmax", "argmin"] as const) {
      expect(() => x[name](2)).toThrow(new ShapeError(`${name}: axis 2 is outside -2..1 (rank 2)`));
      expect(() => F[name](3 as never)).toThrow(`${name}: expected a tensor, got 3`);
      expect(() => x[name](0, { keepDim: "no" as never })).toThrow(`${name}: keepDim must be true or false, got "no"`);
      expect(() => tensor([]).reshape([2, 0])[name](1)).toThrow(
        new ShapeError(`${name}: nothing to compare along axis 1 of shape [2, 0]`),
      );
    }
  });
});

// The numbers of torch 1.13.1, which test/oracle/edges.py prints.
describe("at the edges, gradients are PyTorch's", () => {
  const at = [-1, 0, 1, nan, -0];
  test.each<[string, (x: Tensor) => Tensor, number[], number[]]>([
    ["relu", F.relu, [0, 0, 1, 1, 0], [0, 0, 0, 0, 0]],
    ["elu", F.elu, [0.36787944117144233, 1, 1, 1, 1], [0.36787944117144233, 0, 0, 0, 0]],
    ["elu, alpha 1.7", (x) => F.elu(x, 1.7), [0.6253950499914519, 1.7, 1, 1, 1.7], [0.6253950499914519, 0, 0, 0, 0]],
    [
      "selu",
      F.selu,
      [0.646768603034814, 1.7580993408473766, 1.0507009873554805, 1.0507009873554805, 1.7580993408473766],
      [0.646768603034814, 0, 0, 0, 0],
    ],
    ["x⁰", (x) => x.pow(0), [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
    ["x¹", (x) => x.pow(1), [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]],
    ["x²", (x) => x.pow(2), [-2, 0, 2, nan, 0], [2, 2, 2, 2, 2]],
    ["square", F.square, [-2, 0, 2, nan, 0], [2, 2, 2, 2, 2]],
  ])("%s", (_, f, first, second) => {
    const close = (actual: unknown, expected: number[]) =>
      (actual as number[]).forEach((value, i) => {
        if (Number.isNaN(expected[i])) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(expected[i]!, 14);
      });
    close(slopes(f, at), first);
    close(seconds(f, at), second);
  });

  test("x³ at 0 to the fourth derivative", () => {
    let f = (x: Tensor): Tensor => x.pow(3);
    for (const expected of [0, 0, 6, 0]) {
      const before = f;
      f = (x) => gradients(before(x).sum(), [x])[0]!;
      expectClose(f(leaf([0])), [expected], "derivative");
    }
  });

  test("where the base is 0, a tensor as exponent gets the gradient 0, of every order", () => {
    const [x, p] = [leaf([0, 0, 2]), leaf([2, 0, 3])];
    const [ofBase, ofExponent] = gradients(x.pow(p).sum(), [x, p]) as [Tensor, Tensor];
    expect(ofExponent.toArray()).toEqual([0, 0, 8 * Math.log(2)]);
    const mixed = gradients(ofExponent.sum(), [x])[0]!;
    expectClose(mixed, [0, 0, 12 * Math.log(2) + 4], "mixed", 1e-14);
    expectClose(gradients(ofBase.sum(), [p])[0]!.slice(0, 2), [12 * Math.log(2) + 4], "mixed", 1e-14);
  });

  test.each([
    ["maximum", F.maximum, [1, 1, 1, 0.5, 1], [1, 1, 1, 0.5, 0]],
    ["minimum", F.minimum, [1, 1, 1, 0.5, 0], [1, 1, 1, 0.5, 1]],
  ] as const)("%s", (_, f, left, right) => {
    const [a, b] = [leaf([nan, 1, nan, 1, 2]), leaf([1, nan, nan, 1, 1])];
    const parts = gradients(f(a, b).sum(), [a, b]);
    expect(parts.map((part) => part.toArray())).toEqual([left, right]);
  });
});

describe("binaryCrossEntropy outside 0..1", () => {
  const target = tensor([0.5, 1], f64);

  test.each([1.1, -0.1, nan])("%d is refused where it is known", (p) => {
    expect(() => F.binaryCrossEntropy(tensor([0.3, p], f64), target)).toThrow(
      new OptionError(`binaryCrossEntropy: the input must be probabilities in 0..1, got ${p}; logits are for binaryCrossEntropyWithLogits`), // biome-ignore format: one line
    );
  });

  test("what is computed later gives NaN, and no other position suffers", () => {
    for (const wrong of [1.1, -0.1, -3, 4]) {
      const losses = F.binaryCrossEntropy(tensor([0.3, wrong], f64).mul(1), target, { reduction: "none" });
      expect(losses.toArray()).toEqual([expect.closeTo(-0.5 * Math.log(0.3 * 0.7), 12), nan]);
      const swapped = F.binaryCrossEntropy(tensor([wrong], f64).mul(1), tensor([0], f64));
      expect(swapped.item()).toBeNaN();
    }
  });
});
