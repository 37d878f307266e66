import { F, gradients, nn, randn, ShapeError, type Tensor, tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "float64" } as const;
const close = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  expect(a.sub(b).abs().max().item()).toBeLessThan(1e-13);
};

/** Σ over k by its definition, on nested arrays. */
const product = (a: number[][], b: number[][]): number[][] =>
  a.map((row) => b[0]!.map((_, n) => row.reduce((sum, value, k) => sum + value * b[k]![n]!, 0)));

describe("matmul", () => {
  const [a, b] = [randn([2, 3, 4], f64), randn([2, 4, 5], f64)];
  const matrices = (x: Tensor): number[][][] => x.toArray() as number[][][];

  test("is the sum of products, with a batch on either side, both or none", () => {
    const [as, bs] = [matrices(a), matrices(b)];
    const expected = (pairs: [number[][], number[][]][]): Tensor =>
      tensor(
        pairs.map(([x, y]) => product(x, y)),
        f64,
      );
    close(F.matmul(a, b), expected(as.map((x, i) => [x, bs[i]!])));
    close(F.matmul(a, tensor(bs[1]!, f64)), expected(as.map((x) => [x, bs[1]!])));
    close(F.matmul(tensor(as[1]!, f64), b), expected(bs.map((y) => [as[1]!, y])));
    close(F.matmul(tensor(as[0]!, f64), tensor(bs[0]!, f64)), tensor(product(as[0]!, bs[0]!), f64));
  });

  test("has the gradients g·bᵀ and aᵀ·g", () => {
    const [x, y, g] = [randn([2, 3, 4], { ...f64, requiresGrad: true }), randn([2, 4, 5], f64), randn([2, 3, 5], f64)];
    const [gx, gy] = gradients(F.matmul(x, y).mul(g).sum(), [x, y]);
    close(gx!, F.matmul(g, y.transpose(1, 2)));
    close(gy!, F.matmul(x.transpose(1, 2), g));
  });

  test("refuses what does not fit", () => {
    expect(() => F.matmul(zeros([2, 3]), zeros([2, 3]))).toThrow(
      "matmul: the columns of the first (3) must be the rows of the second (2), got shapes [2, 3] and [2, 3]",
    );
    expect(() => F.matmul(zeros([2, 3, 4]), zeros([3, 4, 5]))).toThrow("matmul: the batches 2 and 3 differ");
    expect(() => F.matmul(zeros([3]), zeros([3, 4]))).toThrow(ShapeError);
    expect(() => F.matmul(zeros([2, 3], f64), zeros([3, 4]))).toThrow("matmul: float64 and float32 do not mix");
  });
});

describe("Linear", () => {
  test("is a matrix product on the last axis of whatever shape", () => {
    const layer = new nn.Linear(4, 3, f64);
    for (const shape of [[4], [2, 4], [2, 5, 4], [2, 1, 2, 4]]) {
      const x = randn(shape, f64);
      const rows = F.matmul(x.reshape([-1, 4]), layer.weight.transpose(0, 1)).add(layer.bias!);
      close(layer.forward(x), rows.reshape([...shape.slice(0, -1), 3]));
      close(F.linear(x, layer.weight, layer.bias), layer.forward(x));
    }
  });

  test("refuses what does not fit", () => {
    const layer = new nn.Linear(4, 3);
    expect(() => layer.forward(zeros([2, 3]))).toThrow(
      "Linear: expected an input (…, 4), got shape [2, 3] (weight [3, 4])",
    );
    expect(() => layer.forward(tensor(1))).toThrow(ShapeError);
    expect(() => layer.forward(zeros([2, 4], f64))).toThrow("Linear: input (float64) and weight (float32)");
    expect(() => F.linear(zeros([4]), zeros([3, 4]), zeros([4]))).toThrow("linear: bias must have shape [3], got [4]");
    expect(() => F.linear(zeros([4]), zeros([4]))).toThrow("linear: the weight must be (outFeatures, inFeatures)");
    expect(() => new nn.Linear(4, 3, { bias: 1 } as object)).toThrow("Linear: bias must be true or false, got 1");
    expect(() => new nn.Linear(4, 0)).toThrow("Linear: outFeatures must be an integer in 1..");
  });

  test("has no bias when told so", () => {
    expect([...new nn.Linear(4, 3, { bias: false }).stateDict().keys()]).toEqual(["weight"]);
  });
});

test("Flatten joins the axes it is told to", () => {
  expect(new nn.Flatten().forward(zeros([2, 3, 4])).shape).toEqual([2, 12]);
  expect(new nn.Flatten({ startDim: -2 }).forward(zeros([5, 2, 3, 4])).shape).toEqual([5, 2, 12]);
  expect(() => new nn.Flatten({ startDim: 0.5 })).toThrow("Flatten: startDim must be an integer, got 0.5");
  expect(() => new nn.Flatten().forward(zeros([2]))).toThrow("flatten: axis 1 is outside -1..0 (rank 1)");
});
