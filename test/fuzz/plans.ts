import { AtrousError, gradients, manualSeed, type Tensor, tensor } from "atrous";
import fc from "fast-check";
import { allocate, type DType, isFloat } from "../../src/core/dtype.ts";
import { topologicalOrder } from "../../src/graph/evaluate.ts";
import { type Move, moves } from "./moves.ts";

/** What a graph is asked for, and what it was made from. */
export interface Graph {
  readonly order: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

const nat = (max: number): fc.Arbitrary<number> => fc.nat({ max });

/** Every choice for itself, so that a failing graph shrinks move by move. */
export const recipes = fc.record({
  /** Batch (0: none), channels, length of the signal that all begins with. */
  signal: fc.tuple(nat(3), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 })),
  dtype: fc.constantFrom<DType>("float32", "float32", "float32", "float32", "float32", "float32", "float64"),
  /** Whether infinities, NaNs, zeros of both signs and subnormals are among the numbers. */
  wild: fc.constantFrom(false, false, false, true),
  moves: fc.array(fc.tuple(nat(moves.length - 1), fc.array(nat(1000), { minLength: 12, maxLength: 12 })), {
    minLength: 1,
    maxLength: 9,
  }),
  /** Which of the tensors made last are asked for. */
  asked: fc.array(nat(20), { minLength: 1, maxLength: 3 }),
  /** 0: no gradients; 1: of the first that is asked for; 2: and gradients of these gradients. */
  gradients: fc.constantFrom(0, 0, 1, 1, 1, 2),
  /** Of three leaves, so many are fixed. */
  fixed: nat(3),
});

export type Recipe = typeof recipes extends fc.Arbitrary<infer R> ? R : never;

/** Larger tensors are thrown away: what goes wrong with them goes wrong with smaller ones. */
const MOST_ELEMENTS = 700;
/** Longer graphs take long and shrink badly. */
const MOST_NODES = 400;

/** What moves are made with. */
export interface Hand {
  /** The next choice, 0..count−1. */
  choose(count: number): number;
  pick<T>(list: readonly T[]): T;
  /** A tensor that was made before, most likely one of the last. */
  earlier(fits?: (x: Tensor) => boolean): Tensor;
  /** New numbers, of which a gradient may be asked. */
  leaf(shape: readonly number[], dtype?: DType): Tensor;
}

export function buildGraph(recipe: Recipe): Graph {
  const { signal, dtype, wild } = recipe;
  manualSeed(1); // for dropout
  let seed = 0;
  const leaves: Tensor[] = [];
  const leaf = (shape: readonly number[], type: DType = dtype): Tensor => {
    const made = leafOf(shape, type, ++seed, wild);
    if (made.requiresGrad) leaves.push(made);
    return made;
  };
  const [batch, channels, length] = signal;
  const pool = [leaf(batch === 0 ? [channels, length] : [batch, channels, length])];
  for (const [move, choices] of recipe.moves) play(moves[move]!, choices, pool, leaf);

  const fromLast = (n: number): Tensor => pool[pool.length - 1 - (n % pool.length)]!;
  const outputs = recipe.asked.map((n, i) => fromLast(i === 0 ? n % 2 : n));
  if (recipe.gradients > 0)
    outputs.push(...gradientsOf(fromLast(recipe.asked[0]! % 2), leaves, recipe.gradients, leaf));
  const nodes = outputs.map((output) => output.node());
  const order = topologicalOrder(nodes, (node) => node.value === null);
  if (order.length <= MOST_NODES) return { order, outputs: nodes };
  const first = pool[0]!.node();
  return { order: [first], outputs: [first] };
}

/** What does not fit makes nothing. */
function play(
  { make }: Move,
  choices: readonly number[],
  pool: Tensor[],
  leaf: (shape: readonly number[], dtype?: DType) => Tensor,
): void {
  let next = 0;
  const choose = (count: number): number => choices[next++ % choices.length]! % count;
  const hand: Hand = {
    choose,
    pick: (list) => list[choose(list.length)]!,
    earlier: (fits = () => true) => {
      const fitting = pool.filter(fits);
      if (fitting.length === 0) return leaf([1]);
      const n = choose(1000);
      return fitting[fitting.length - 1 - (n % 3 === 0 ? n % fitting.length : n % Math.min(fitting.length, 3))]!;
    },
    leaf,
  };
  const x = hand.earlier();
  try {
    const made = make(x, hand);
    const all = Array.isArray(made) ? made : [made];
    // Matrices without rows or columns are no signals; the program tests have them.
    if (all.every(({ size, shape }) => size <= MOST_ELEMENTS && !shape.slice(-2).includes(0))) pool.push(...all);
  } catch (error) {
    if (!(error instanceof AtrousError)) throw error;
  }
}

/** Gradients with respect to the leaves that were made last, weighed by numbers that differ from output to output. */
function gradientsOf(
  y: Tensor,
  leaves: readonly Tensor[],
  times: number,
  leaf: (shape: readonly number[], dtype: DType) => Tensor,
): Tensor[] {
  const wrt = leaves.slice(-4);
  const found: Tensor[] = [];
  let root = y;
  for (let i = 0; i < times; i++) {
    if (!root.requiresGrad || !isFloat(root.dtype)) break;
    found.push(...gradients(root, wrt, { gradOutput: leaf(root.shape, root.dtype).detach() }));
    const differentiable = found.filter((g) => g.requiresGrad);
    if (differentiable.length === 0) break;
    root = differentiable.at(-1)!;
  }
  return found;
}

const WILD = [0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1e-41, -1e-45, 3e38];

function leafOf(shape: readonly number[], dtype: DType, seed: number, wild: boolean): Tensor {
  const data = allocate(
    dtype,
    shape.reduce((a, b) => a * b, 1),
  );
  for (let i = 0; i < data.length; i++) {
    // A hash: numbers of mixed signs that repeat nowhere and need all digits.
    const bits = Math.imul(Math.imul(seed * 7919 + i + 1, 0x9e3779b1) ^ (i << 7), 0x85ebca6b) >>> 0;
    const value = (bits / 2 ** 32 - 0.5) * 3;
    const special = wild && bits % 23 === 0 ? WILD[(bits >>> 8) % WILD.length]! : value;
    if (dtype === "int64") data[i] = BigInt(Math.round(2 * value));
    else data[i] = isFloat(dtype) ? special : Math.round(2 * value);
  }
  return tensor(data, { shape, requiresGrad: isFloat(dtype) });
}
