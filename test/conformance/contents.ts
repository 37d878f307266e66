import { reals } from "../properties/arbitraries.ts";

/** Numbers of which a wrong kernel makes something else: each kind fills one operand. */
export const kinds = {
  /** Mixed signs and magnitudes, on which the order of a sum shows. */
  ordinary: (next: () => number) => next(),
  /** Half of them zeros of both signs. */
  zeros: (next: () => number, i: number) => (i % 4 < 2 ? next() : i % 4 === 2 ? 0 : -0),
  /** Most are subnormal, and their products vanish. */
  tiny: (next: () => number, i: number) => next() * (i % 5 === 0 ? 1 : 2 ** -132),
  /** Few of them not finite, so that most of what they do not reach can be seen. */
  notFinite: (next: () => number, i: number) =>
    i % 11 === 3
      ? Number.POSITIVE_INFINITY
      : i % 17 === 5
        ? Number.NEGATIVE_INFINITY
        : i % 13 === 7
          ? Number.NaN
          : next(),
  /** A single infinity, and zeros elsewhere: 0 · ∞ is NaN. */
  oneInfinity: (next: () => number, i: number, size: number) =>
    i === Math.floor(size / 2) ? Number.POSITIVE_INFINITY : i % 3 === 0 ? 0 : next(),
  oneNaN: (next: () => number, i: number, size: number) => (i === Math.floor(size / 3) ? Number.NaN : next()),
} satisfies Record<string, (next: () => number, i: number, size: number) => number>;

export type Kind = keyof typeof kinds;

/** Numbers to take from: making one takes longer than all kernels need for it. */
const ordinary = (() => {
  const next = reals(1);
  return Float32Array.from({ length: 9973 }, next);
})();

export function filledWith(kind: Kind, size: number, seed: number): Float32Array {
  let at = seed % ordinary.length;
  const next = (): number => {
    at = at === ordinary.length - 1 ? 0 : at + 1;
    return ordinary[at]!;
  };
  const fill: (next: () => number, i: number, size: number) => number = kinds[kind];
  const array = new Float32Array(size);
  for (let i = 0; i < size; i++) array[i] = fill(next, i, size);
  return array;
}

/** What two operands may hold at once. The first is the one whose numbers move along time. */
export const pairs: readonly (readonly [Kind, Kind])[] = [
  ["ordinary", "ordinary"],
  ["zeros", "zeros"],
  ["tiny", "tiny"],
  ["notFinite", "ordinary"],
  ["oneInfinity", "zeros"],
  ["ordinary", "notFinite"],
  ["zeros", "oneInfinity"],
  ["ordinary", "oneNaN"],
];

/** The first place where two arrays differ in a bit, the payloads of NaNs aside; −1 if there is none. */
export function firstDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Math.min(actual.length, expected.length);
  const [a, b] = [bitsOf(actual), bitsOf(expected)];
  for (let i = 0; i < a.length; i++)
    if (a[i] !== b[i] && !(Number.isNaN(actual[i]) && Number.isNaN(expected[i]))) return i;
  return -1;
}

const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Int32Array => new Int32Array(buffer, byteOffset, length);
