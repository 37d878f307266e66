import { F, gradients, nn, OptionError, randn, ShapeError, tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "float64" } as const;

describe("max pooling", () => {
  test("the first of equal maxima gets the gradient", () => {
    const x = tensor([[1, 5, 5, 2, 5, 0]], { ...f64, requiresGrad: true });
    const y = F.maxPool1d(x, 3, { stride: 1 });
    expect(y.toArray()).toEqual([[5, 5, 5, 5]]);
    const [g] = gradients(y.mul(tensor([[1, 10, 100, 1000]], f64)).sum(), [x]);
    expect(g!.toArray()).toEqual([[0, 11, 100, 0, 1000, 0]]);
  });

  test("a NaN is the largest, −∞ the smallest, and padding never wins against a number", () => {
    const [nan, infinity] = [Number.NaN, Number.POSITIVE_INFINITY];
    expect(F.maxPool1d(tensor([[1, nan, 3, infinity, -infinity]]), 2, { stride: 1 }).toArray()).toEqual([
      [nan, nan, infinity, infinity],
    ]);
    expect(F.maxPool1d(tensor([[-3, -2]]), 2, { stride: 1, padding: 1 }).toArray()).toEqual([[-3, -2, -2]]);
  });

  test("a dilated window that misses a short signal is −∞, as in PyTorch", () => {
    const x = tensor([[[1, 2, 3]]], { ...f64, requiresGrad: true });
    const y = F.maxPool1d(x, 2, { stride: 1, dilation: 4, padding: 1 });
    expect(y.toArray()).toEqual([[[Number.NEGATIVE_INFINITY]]]);
    expect(gradients(y.sum(), [x])[0]!.toArray()).toEqual([[[0, 0, 0]]]);
  });
});

test("average pooling is the mean of each window, by definition", () => {
  const x = randn([3, 11], f64);
  const rows = x.toArray() as number[][];
  for (const [kernelSize, stride] of [
    [1, 1],
    [4, 1],
    [3, 5],
    [11, 2],
  ] as const) {
    const y = F.avgPool1d(x, kernelSize, { stride }).toArray() as number[][];
    rows.forEach((row, c) => {
      y[c]!.forEach((value, t) => {
        const window = row.slice(t * stride, t * stride + kernelSize);
        expect(value).toBeCloseTo(window.reduce((a, b) => a + b) / kernelSize, 12);
      });
    });
  }
});

test("means of whole numbers are exact in float32", () => {
  expect(new nn.AvgPool1d(3).forward(tensor([[1, 2, 6, 7, 7, 7]])).toArray()).toEqual([[3, 7]]);
});

test("with ceilMode the last window starts inside the signal or the padding before it", () => {
  const lengths = (length: number, kernelSize: number, options: object): number =>
    F.maxPool1d(zeros([1, length]), kernelSize, { ceilMode: true, ...options }).shape[1]!;
  expect(lengths(10, 2, { stride: 3 })).toBe(4);
  expect(lengths(5, 2, { stride: 2, padding: 1 })).toBe(3);
  expect(lengths(4, 2, { stride: 3, padding: 1 })).toBe(2);
  expect(lengths(7, 9, {})).toBe(1);
});

test("adaptive pooling to one sample is global pooling, to the length itself the identity", () => {
  const x = randn([2, 3, 7], f64);
  const same = (a: unknown, b: unknown): void => expect(a).toEqual(b);
  same(F.adaptiveMaxPool1d(x, 1).squeeze(2).toArray(), F.globalMaxPool1d(x).toArray());
  same(F.adaptiveMaxPool1d(x, 7).toArray(), x.toArray());
  same(F.adaptiveAvgPool1d(x, 7).toArray(), x.toArray());
  same(new nn.GlobalMaxPool1d().forward(x).toArray(), x.max(2).toArray());
  same(new nn.GlobalAvgPool1d().forward(x).toArray(), x.mean(2).toArray());
  expect(F.adaptiveAvgPool1d(x, 1).squeeze(2).sub(x.mean(2)).abs().max().item()).toBeLessThan(1e-15);
});

test("what does not fit is an error that says so", () => {
  expect(() => new nn.MaxPool1d(3, { padding: 2 })).toThrow(
    new OptionError("MaxPool1d: padding should be at most half of kernel size, but got padding=2 and kernelSize=3"),
  );
  expect(() => F.avgPool1d(zeros([1, 8]), 2, { padding: 2 })).toThrow(OptionError);
  expect(() => F.maxPool1d(zeros([1, 7]), 9)).toThrow(
    new ShapeError("maxPool1d: the output length would be 0 (length 7, kernelSize 9, stride 9, padding 0, dilation 1)"),
  );
  expect(() => F.maxPool1d(zeros([7]), 2)).toThrow("maxPool1d: expected an input (channels, length) or");
  expect(() => new nn.AvgPool1d(2, { dilation: 2 } as object)).toThrow('AvgPool1d: unknown option "dilation"');
  expect(() => new nn.MaxPool1d(2, { ceil_mode: true } as object)).toThrow('did you mean "ceilMode"?');
  expect(() => new nn.AdaptiveAvgPool1d(0)).toThrow("AdaptiveAvgPool1d: outputSize must be an integer in 1..");
  expect(() => F.adaptiveMaxPool1d(zeros([2, 0]), 1)).toThrow("adaptiveMaxPool1d: the input needs at least one sample");
});
