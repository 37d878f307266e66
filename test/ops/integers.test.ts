import { AtrousError, DTypeError, F, full, OptionError, ones, type Tensor, tensor } from "atrous";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

type Integers = "int32" | "int64";
const both = ["int32", "int64"] as const;
const values = (x: Tensor) => Array.from(x.dataSync(), BigInt);
const ranges = { int32: 2n ** 31n, int64: 2n ** 63n };
const wrap = (dtype: Integers, value: bigint) => BigInt.asIntN(dtype === "int32" ? 32 : 64, value);

describe.each(both)("%s", (dtype) => {
  const make = (data: Parameters<typeof tensor>[0]) => tensor(data, { dtype });
  const half = ranges[dtype];
  const anyInteger = fc.bigInt({ min: -half, max: half - 1n });

  test("add, sub, mul wrap around; the comparisons and maximum, minimum are exact: of any two numbers", () => {
    const rules: [(a: Tensor, b: Tensor) => Tensor, (a: bigint, b: bigint) => bigint][] = [
      [F.add, (a, b) => wrap(dtype, a + b)],
      [F.sub, (a, b) => wrap(dtype, a - b)],
      [F.mul, (a, b) => wrap(dtype, a * b)],
      [F.equal, (a, b) => BigInt(a === b)],
      [F.less, (a, b) => BigInt(a < b)],
      [F.greater, (a, b) => BigInt(a > b)],
      [F.maximum, (a, b) => (a > b ? a : b)],
      [F.minimum, (a, b) => (a < b ? a : b)],
    ];
    fc.assert(
      fc.property(anyInteger, anyInteger, (a, b) => {
        for (const [f, rule] of rules) {
          const y = f(make([a, a]), make([b, a]));
          expect(y.dtype).toBe(dtype);
          expect(values(y)).toEqual([rule(a, b), rule(a, a)]);
        }
      }),
    );
  });

  test("a number joins them, broadcast; where, clamp and square know them", () => {
    const x = make([[5, -3], [0, 7]]); // biome-ignore format: one line
    expect(values(x.add(1))).toEqual([6n, -2n, 1n, 8n]);
    expect(values(F.sub(10, x))).toEqual([5n, 13n, 10n, 3n]);
    expect(values(F.where(x.less(1), x, 9))).toEqual([9n, -3n, 0n, 9n]);
    expect(values(F.where(x, 1, 2))).toEqual([1n, 1n, 2n, 1n]);
    expect(values(x.clamp(-1, 5))).toEqual([5n, -1n, 0n, 5n]);
    expect(values(x.square())).toEqual([25n, 9n, 0n, 49n]);
    expect(values(x.mul(make([1, -2])))).toEqual([5n, 6n, 0n, -14n]);
  });

  test("the largest and the smallest, also at the ends of the type", () => {
    const x = make([[3n, -half, half - 1n], [2n, 2n, -5n]]); // biome-ignore format: one line
    expect(values(x.max())).toEqual([half - 1n]);
    expect(values(x.min())).toEqual([-half]);
    expect(values(x.max(1))).toEqual([half - 1n, 2n]);
    expect(values(x.min(0))).toEqual([2n, -half, -5n]);
    expect(x.argmax(1).toArray()).toEqual([2, 0]);
    expect(x.argmin(1).toArray()).toEqual([1, 2]);
    expect(x.max(1).dtype).toBe(dtype);
    expect(x.argmax(1).dtype).toBe("int32");
  });

  test("shapes move, and padding has a value", () => {
    const x = make([1, 2, 3]);
    expect(values(x.pad([1, 2], { value: -7 }))).toEqual([-7n, 1n, 2n, 3n, -7n, -7n]);
    expect(values(x.pad([2, -1]))).toEqual([0n, 0n, 1n, 2n]);
    expect(values(x.pad(1, { mode: "reflect" }).flip(0))).toEqual([2n, 3n, 2n, 1n, 2n]);
    expect(values(F.stack([x, x]).transpose(0, 1))).toEqual([1n, 1n, 2n, 2n, 3n, 3n]);
    expect(values(x.broadcastTo([2, 3]))).toEqual([1n, 2n, 3n, 1n, 2n, 3n]);
  });

  const range = `an integer in ${-half}..${half - 1n}`;
  test.each<[string, () => unknown, string]>([
    ["a fraction added", () => make([1]).add(0.5), `add: 0.5 is not an ${dtype}, ${range}`],
    ["a fraction subtracted from", () => F.sub(0.5, make([1])), `sub: 0.5 is not an ${dtype}, ${range}`],
    ["a fraction compared", () => make([1]).equal(0.5), `equal: 0.5 is not an ${dtype}, ${range}`],
    ["a fraction chosen", () => F.where(make([1]), 0.5, 1), `where: 0.5 is not an ${dtype}, ${range}`],
    ["a fraction as a bound", () => make([1]).clamp(0.5), `clamp: 0.5 is not an ${dtype}, ${range}`],
    ["NaN", () => make([1]).maximum(Number.NaN), `maximum: NaN is not an ${dtype}, ${range}`],
    ["too large a number", () => make([1]).mul(Number(half)), `mul: ${Number(half)} is not an ${dtype}, ${range}`],
    ["a fraction around", () => make([1]).pad(1, { value: 0.5 }), `pad: 0.5 is not an ${dtype}, ${range}`],
    ["full of fractions", () => full([2], 0.5, { dtype }), `full: 0.5 is not an ${dtype}, ${range}`],
    ["one too many", () => make([half]), `tensor: ${half} is not an ${dtype}, ${range}`],
    ["one too few", () => make([-half - 1n]), `tensor: ${-half - 1n} is not an ${dtype}, ${range}`],
    ["too large for a double", () => make([1e300]), `tensor: 1e+300 is not an ${dtype}, ${range}`],
  ])("%s", (_, call, message) => {
    expect(call).toThrow(new OptionError(message));
  });

  test.each(["div", "pow"] as const)("%s is for floats", (name) => {
    for (const other of [make([2]), 2, 0.5])
      expect(() => F[name](make([1]), other)).toThrow(
        new DTypeError(`${name}: expected a floating-point tensor, got ${dtype}; convert it with .to("float32")`),
      );
  });

  /** Every function of F, with arguments that fit float tensors. */
  const functions = F as unknown as Record<string, (...args: unknown[]) => unknown>;
  const signal = make([[[1, 2, 3, 4], [5, 6, 7, 8]]]); // biome-ignore format: one line
  const further: Record<string, unknown[]> = {
    ...{ reshape: [[8]], unsqueeze: [0], squeeze: [0], permute: [[2, 0, 1]], transpose: [1, 2], broadcastTo: [[2, 2, 4]] },
    ...{ slice: [2, 1], split: [2, 2], chunk: [2, 2], flip: [2], pad: [[1, 1], { value: 3 }], cast: ["float64"] },
    ...{ softmax: [1], logSoftmax: [1], glu: [1], clamp: [2, 5], where: [1, 0], dropout: [], dropout1d: [] },
    ...{ maxPool1d: [2], avgPool1d: [2], adaptiveAvgPool1d: [2], adaptiveMaxPool1d: [2], groupNorm: [1], layerNorm: [4] },
    ...{ batchNorm: [null, null, { training: true }], interpolate: [{ size: 8 }], matmul: [make([[1], [2], [3], [4]])] },
    ...{ conv1d: [ones([1, 2, 1], { dtype })], convTranspose1d: [ones([2, 1, 1], { dtype })], linear: [ones([3, 4], { dtype })] },
    ...{ batchNormStatistics: [ones([2], { dtype }), ones([2], { dtype })], prelu: [make([1])], snake: [make([1, 1])] },
  }; // biome-ignore format: a table
  test.each(Object.keys(functions))("%s gives numbers or an error of ours", (name) => {
    const first = name === "cat" || name === "stack" ? [signal, signal] : signal;
    try {
      const y = functions[name]!(first, ...(further[name] ?? (functions[name]!.length > 1 ? [signal] : [])));
      for (const part of [y].flat()) (part as Tensor).dataSync();
    } catch (error) {
      expect(error).toBeInstanceOf(AtrousError);
    }
  });
});

test("the numbers of a typed array and of booleans are taken, those beyond are not", () => {
  expect(tensor([true, false], { dtype: "int64" }).toArray()).toEqual([1, 0]);
  expect(tensor(new Float64Array([3, -4]), { dtype: "int32" }).toArray()).toEqual([3, -4]);
  expect(() => tensor(new Float64Array([3e9]), { dtype: "int32" })).toThrow(
    new OptionError("tensor: 3000000000 is not an int32, an integer in -2147483648..2147483647"),
  );
  expect(() => tensor(new Float64Array([0.5]), { dtype: "int64" })).toThrow(OptionError);
});
