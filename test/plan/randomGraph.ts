import { AtrousError, cat, F, gradients, type Tensor, tensor } from "atrous";
import fc from "fast-check";
import { reference } from "../../src/backends/reference/index.ts";
import { allocate, type DType, isFloat, type TypedArray } from "../../src/core/dtype.ts";
import { topologicalOrder } from "../../src/graph/evaluate.ts";

/** Numbers that decide something, each for itself, so that a failing graph shrinks move by move. */
const choices = fc.array(fc.nat({ max: 1000 }), { minLength: 6, maxLength: 6 });

/** What a random graph is built from; see `buildGraph`. */
export const recipes = fc.record({
  dtype: fc.constantFrom<DType>("float32", "float32", "float32", "float32", "float64", "int32", "int64"),
  moves: fc.array(choices, { minLength: 1, maxLength: 20, size: "max" }),
  asked: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 4 }),
  differentiate: fc.boolean(),
  fixed: fc.nat({ max: 3 }),
});

export type Recipe = typeof recipes extends fc.Arbitrary<infer R> ? R : never;

/** Shapes of the leaves; those that come last are used most. */
const SHAPES = [[0, 4, 6], [4, 0], [1], [], [24], [2, 1, 6], [4, 1], [1, 4, 1], [4], [4, 6], [1, 4, 6], [2, 4, 6]];
const MAX_SIZE = 400;
const UNARY = ["neg", "exp", "sqrt", "abs", "sin", "tanh", "sigmoid", "relu", "square", "floor"] as const;
const BINARY = ["add", "sub", "mul", "div", "maximum", "minimum", "equal", "less", "greater"] as const;

export interface Graph {
  readonly order: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/** A graph over leaves of many shapes. Every move makes a node of earlier ones; moves that do not fit make none. */
export function buildGraph({ dtype, moves, asked, differentiate }: Recipe): Graph {
  const pool = SHAPES.map((shape, i) => leaf(shape, dtype, i));
  const trained = isFloat(dtype) ? pool.slice(-4) : [];
  for (const move of moves) {
    try {
      const made = apply(move, pool);
      if (made.every(({ size }) => size <= MAX_SIZE)) pool.push(...made);
    } catch (error) {
      if (!(error instanceof AtrousError)) throw error;
    }
  }
  const pick = (n: number): Tensor => pool[pool.length - 1 - (n % pool.length)]!;
  const outputs = asked.map((n, i) => pick(i === 0 ? n % 3 : n));
  const loss = pick(asked[0]! % 3);
  if (differentiate && loss.requiresGrad && isFloat(loss.dtype))
    outputs.push(...gradients(loss, trained, { gradOutput: leaf(loss.shape, loss.dtype, 7) }));
  const nodes = outputs.map((output) => output.node());
  return { order: topologicalOrder(nodes, (node) => node.value === null), outputs: nodes };
}

function leaf(shape: readonly number[], dtype: DType, seed: number): Tensor {
  const data = allocate(
    dtype,
    shape.reduce((a, b) => a * b, 1),
  );
  for (let i = 0; i < data.length; i++) {
    const value = ((seed * 31 + i * 7) % 13) - 5;
    data[i] = dtype === "int64" ? BigInt(value) : isFloat(dtype) ? value / 4 : value;
  }
  return tensor(data, { shape, requiresGrad: isFloat(dtype) });
}

function apply([kind, a, b, c, d, e]: readonly number[], pool: readonly Tensor[]): Tensor[] {
  // Mostly what was made last: chains are what fusion is about.
  const at = (n: number): Tensor =>
    pool[pool.length - 1 - (n % 3 === 0 ? n % pool.length : n % Math.min(pool.length, 4))]!;
  const x = at(a!);
  const fitting = pool.filter(({ shape, dtype }) => dtype === x.dtype && broadcasts(shape, x.shape));
  const [y, z] = [b!, c!].map((n) => fitting[fitting.length - 1 - (n % fitting.length)]!) as [Tensor, Tensor];
  const axis = x.rank === 0 ? 0 : d! % x.rank;
  switch (kind! % 20) {
    case 0:
    case 1:
    case 2:
      return [x[UNARY[d! % UNARY.length]!]()];
    case 3:
    case 4:
    case 5:
    case 6:
      return [x[BINARY[d! % BINARY.length]!](y)];
    case 7:
      return [x[BINARY[d! % BINARY.length]!]((e! % 5) - 2)];
    case 8:
      return [F.where(x, y, z)];
    case 9:
    case 10:
      return [otherShape(x, d!, e!)];
    case 11:
      return [x.broadcastTo(SHAPES[d! % SHAPES.length]!)];
    case 12:
      return [
        [x.sum(axis, { keepDim: e! % 2 === 0 }), x.mean(), x.max(axis), x.sum(undefined, { keepDim: true })][b! % 4]!,
      ];
    case 13:
      return [x.transpose(axis, e! % Math.max(x.rank, 1))];
    case 14:
      return x.chunk(2, axis);
    case 15:
      return [
        [x.slice(axis, e! % 3), x.flip(axis), x.pad([e! % 3, 1], { mode: "reflect" }), cat([x, x], axis)][b! % 4]!,
      ];
    case 16:
    case 17:
    case 18:
      return [convolved(x, [b!, c!, d!, e!])];
    default:
      return [[x.detach(), x.to("float32"), x.to("float64"), computed(x)][b! % 4]!];
  }
}

const broadcasts = (a: readonly number[], b: readonly number[]): boolean =>
  a.toReversed().every((length, i) => [1, b.at(-1 - i) ?? 1].includes(length) || b.at(-1 - i) === 1);

/** One of the ways to say the same elements in another shape. */
function otherShape(x: Tensor, how: number, where: number): Tensor {
  const cut = x.shape.findIndex((length) => length % 2 === 0 && length > 0);
  switch (how % 5) {
    case 0:
      return x.flatten();
    case 1:
      return x.reshape([1, ...x.shape]);
    case 2:
      return x.reshape(x.shape.toSpliced(where % (x.rank + 1), 0, 1));
    case 3:
      return x.reshape(x.shape.filter((length) => length !== 1));
    default:
      return cut < 0 ? x : x.reshape(x.shape.toSpliced(cut, 1, x.shape[cut]! / 2, 2));
  }
}

/** A convolution, its transpose or a linear layer with a weight that fits, often with what likes to follow it. */
function convolved(x: Tensor, [b, c, d, e]: readonly [number, number, number, number]): Tensor {
  const channels = x.shape.at(-2) ?? 1;
  const out = 1 + (b % 3);
  const bias = c % 3 === 0 ? null : leaf([out], x.dtype, 2);
  const options = { stride: 1 + (d % 2), padding: e % 3, dilation: 1 + (c % 2) };
  const y =
    b % 5 === 0
      ? F.convTranspose1d(x, leaf([channels, out, 2], x.dtype, 1), bias, options)
      : b % 5 === 1
        ? F.linear(x, leaf([out, x.shape.at(-1) ?? 1], x.dtype, 3), bias)
        : F.conv1d(x, leaf([out, channels, 3], x.dtype, 1), bias, b % 5 === 2 ? { padding: "same" } : options);
  return e % 2 === 0 ? y.relu() : e % 4 === 1 ? F.leakyRelu(y, 0.1) : y;
}

/** The same node with its value computed, its history kept: what a result read before `backward()` looks like. */
function computed(x: Tensor): Tensor {
  const node = x.node();
  if (node.value === null) {
    const order = topologicalOrder([node], ({ value }) => value === null);
    node.value = (reference().run(order, [node]) as TypedArray[])[0]!;
  }
  return x;
}
