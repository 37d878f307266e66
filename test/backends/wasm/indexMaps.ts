import fc from "fast-check";
import { type PaddingModeName, paddingIndex, paddingMode } from "../../../src/core/padding/index.ts";
import { between } from "./agreement.ts";

/** An index map on an axis of `length`. */
export type Mapping = (length: number) => Int32Array;

const map =
  (count: (length: number) => number, source: (q: number, length: number) => number): Mapping =>
  (length) =>
    Int32Array.from({ length: count(length) }, (_, q) => source(q, length));

const padded =
  (mode: PaddingModeName, before: number, after: number): Mapping =>
  (length) =>
    paddingIndex(paddingMode("test", mode), Math.min(before, length - 1), Math.min(after, length - 1), length);

const repeatedBy = (factor: number): Mapping =>
  map(
    (length) => Math.floor(length * factor),
    (q) => Math.floor(q / factor),
  );

/** The maps that networks use, and the awkward ones. */
export const MAPPINGS: Record<string, Mapping> = {
  "zeros 1, 1": padded("zeros", 1, 1),
  "zeros 30, 5": padded("zeros", 30, 5),
  crop: padded("zeros", -2, -1),
  "crop and pad": padded("zeros", -1, 3),
  "reflect 3, 2": padded("reflect", 3, 2),
  "reflect 20, 20": padded("reflect", 20, 20),
  "replicate 5, 9": padded("replicate", 5, 9),
  "circular 2, 3": padded("circular", 2, 3),
  "circular, all around": padded("circular", 1000, 1000),
  "slice, every second": map(
    (length) => Math.ceil(length / 2),
    (q) => 2 * q,
  ),
  "slice, every second from 1": map(
    (length) => Math.floor(length / 2),
    (q) => 2 * q + 1,
  ),
  "slice, every fifth": map(
    (length) => Math.ceil(length / 5),
    (q) => 5 * q,
  ),
  flip: map(
    (length) => length,
    (q, length) => length - 1 - q,
  ),
  "backwards by threes": map(
    (length) => Math.ceil(length / 3),
    (q, length) => length - 1 - 3 * q,
  ),
  "twice each": repeatedBy(2),
  "three times each": repeatedBy(3),
  "four times each": repeatedBy(4),
  "nine times each": repeatedBy(9),
  "every second twice": map(
    (length) => 2 * Math.ceil(length / 2),
    (q) => 2 * Math.floor(q / 2),
  ),
  "twice each, backwards": map(
    (length) => 2 * length,
    (q, length) => length - 1 - Math.floor(q / 2),
  ),
  "once, then twice each": map(
    (length) => 2 * length - 1,
    (q) => Math.floor((q + 1) / 2),
  ),
  "one and a half times": repeatedBy(1.5),
  "zeros between": map(
    (length) => 2 * length,
    (q) => (q % 2 === 0 ? q / 2 : -1),
  ),
  scattered: map(
    (length) => length,
    (q, length) => (q * q * 31 + 7) % length,
  ),
  "one place, many times": map(
    () => 21,
    (_, length) => length - 1,
  ),
  "zeros only": map(
    () => 9,
    () => -1,
  ),
  nothing: map(
    () => 0,
    () => -1,
  ),
  "there and back": map(
    (length) => 4 * length,
    (q, length) => Math.abs(length - 1 - (q % (2 * length - 1 || 1))),
  ),
};

/** Pieces of every kind, one after the other. */
export const mappings: fc.Arbitrary<Mapping> = fc
  .array(
    fc.record({
      kind: fc.constantFrom("zeros", "one", "up", "down", "steps", "groups", "any"),
      count: between(1, 24),
      first: fc.nat(60),
      by: between(2, 5),
    }),
    { maxLength: 5 },
  )
  .map(
    (pieces) => (length) =>
      Int32Array.from(
        pieces.flatMap(({ kind, count, first, by }) => {
          const from = length > 0 ? first % length : 0;
          const source = {
            zeros: () => -1,
            one: () => from,
            up: (j: number) => from + j,
            down: (j: number) => from - j,
            steps: (j: number) => from + by * j,
            groups: (j: number) => from + Math.floor(j / by),
            any: (j: number) => ((from * 31 + j * j * 17) % (length + 1)) - 1,
          }[kind];
          return Array.from({ length: count }, (_, j) => source(j)).filter((place) => place >= -1 && place < length);
        }),
      ),
  );
