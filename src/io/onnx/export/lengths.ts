/**
 * Numbers that depend on the free lengths, found by what they are in every trace: the same everywhere, or in a simple relation to the
 * length of an axis that the exported network has at hand.
 */
import { gcd } from "../../../core/gcd.ts";

/** A number by trace. */
export type Numbers = readonly number[];

/** `⌊(Σ factor · axis + before) / divisor⌋ + summand`. */
export interface Expression {
  readonly terms: readonly { readonly axis: AxisName; readonly factor: number }[];
  readonly before: number;
  readonly divisor: number;
  readonly summand: number;
}

/** An axis of a value of the exported graph. */
export interface AxisName {
  readonly value: string;
  readonly axis: number;
}

export const isConstant = (numbers: Numbers): boolean => numbers.every((number) => number === numbers[0]);

/** The lengths of each axis, of one value in every trace. */
export const lengthsByAxis = (values: readonly { readonly shape: readonly number[] }[]): Numbers[] =>
  values[0]!.shape.map((_, axis) => values.map(({ shape }) => shape[axis]!));

export const minus = (a: Numbers, b: Numbers): Numbers => a.map((number, i) => number - b[i]!);

/** The largest divisor that is looked for: the product of the strides of any network read so far. */
const MOST = 4096;

/** The axes that a network has made so far, by their lengths. */
export class Lengths {
  readonly #axes = new Map<string, { readonly name: AxisName; readonly lengths: Numbers }>();

  /** `lengths` are those of one axis; the first axis of some lengths stands for all. */
  note(name: AxisName, lengths: Numbers): void {
    const key = lengths.join();
    if (!isConstant(lengths) && !this.#axes.has(key)) this.#axes.set(key, { name, lengths });
  }

  /**
   * An expression for `numbers`, or `null`. Only what is certain, unless `guess`: rounded divisions may agree at all lengths traced and not at
   * another.
   */
  express(numbers: Numbers, guess: boolean): Expression | null {
    const axes = [...this.#axes.values()];
    const same = this.#axes.get(numbers.join());
    if (same) return { terms: [{ axis: same.name, factor: 1 }], before: 0, divisor: 1, summand: 0 };
    for (const relate of guess ? [affine, divided] : [affine])
      for (const { name, lengths } of axes) {
        const relation = relate(lengths, numbers);
        if (relation) return { ...relation, terms: [{ axis: name, factor: relation.factor }] };
      }
    if (!guess) return null;
    // What lies in the middle of something longer: from (a − b) / 2 to (a + b) / 2.
    for (const [i, a] of axes.entries())
      for (const [j, b] of axes.entries())
        for (const [factor, divisor] of [
          [1, 1],
          [-1, 1],
          [1, 2],
          [-1, 2],
        ] as const) {
          if (i === j || (factor > 0 && j < i)) continue;
          const both = a.lengths.map((length, k) => length + factor * b.lengths[k]!);
          // ONNX rounds towards zero.
          if (divisor > 1 && Math.min(...both) < 0) continue;
          const summand = offsetOf(
            numbers,
            both.map((sum) => Math.floor(sum / divisor)),
          );
          if (summand !== null)
            return {
              terms: [
                { axis: a.name, factor: 1 },
                { axis: b.name, factor },
              ],
              before: 0,
              divisor,
              summand,
            };
        }
    return null;
  }

  /** As these, and one more axis. */
  with(name: AxisName, lengths: Numbers): Lengths {
    const more = new Lengths();
    for (const [key, axis] of this.#axes) more.#axes.set(key, axis);
    more.note(name, lengths);
    return more;
  }
}

/** The integer that has to be added to `values` everywhere to make `numbers`. */
function offsetOf(numbers: Numbers, values: Numbers): number | null {
  const offset = numbers[0]! - values[0]!;
  return Number.isInteger(offset) && values.every((value, i) => value + offset === numbers[i]) ? offset : null;
}

interface Relation {
  readonly factor: number;
  readonly before: number;
  readonly divisor: number;
  readonly summand: number;
}

function affine(lengths: Numbers, numbers: Numbers): Relation | null {
  const other = lengths.findIndex((length) => length !== lengths[0]);
  const factor = (numbers[other]! - numbers[0]!) / (lengths[other]! - lengths[0]!);
  if (!Number.isInteger(factor)) return null;
  const summand = offsetOf(
    numbers,
    lengths.map((length) => factor * length),
  );
  return summand === null ? null : { factor, before: 0, divisor: 1, summand };
}

/**
 * Steps of `divisor`, as strides make them; `before` says where they are. Only if all such steps that agree with the lengths traced agree at every
 * other length, too.
 */
function divided(lengths: Numbers, numbers: Numbers): Relation | null {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  const rise = numbers[lengths.indexOf(most)]! - numbers[lengths.indexOf(least)]!;
  if (rise <= 0 || !Number.isInteger(numbers[0])) return null;
  const found: Relation[] = [];
  const last = Math.min(MOST, (most - least) / Math.max(rise - 1, 0.5));
  for (let divisor = Math.max(2, Math.ceil((most - least) / (rise + 1))); divisor <= last; divisor++) {
    const summand = numbers[0]! - Math.floor(lengths[0]! / divisor);
    for (const each of [summand, summand - 1]) {
      // floor((length + before) / divisor) = number − summand, for `before` alone.
      const bounds = lengths.map((length, i) => divisor * (numbers[i]! - each) - length);
      const [from, to] = [Math.max(0, ...bounds), Math.min(divisor - 1, Math.min(...bounds) + divisor - 1)];
      if (from > to) continue;
      found.push(...[from, to].map((before) => ({ factor: 1, before, divisor, summand: each })));
      if (found.some((other) => !agree(other, found[0]!, lengths))) return null;
    }
  }
  return found[0] ?? null;
}

const stepAt = ({ before, divisor, summand }: Relation, length: number): number =>
  Math.floor((length + before) / divisor) + summand;

/** Whether two relations give the same at all lengths that are apart as those traced are. */
function agree(a: Relation, b: Relation, lengths: Numbers): boolean {
  if (a.divisor !== b.divisor) return false;
  if (a.before === b.before && a.summand === b.summand) return true;
  const apart = lengths.map((length) => Math.abs(length - lengths[0]!)).reduce(gcd);
  return Array.from({ length: a.divisor }, (_, k) => lengths[0]! + k * apart).every(
    (length) => stepAt(a, length) === stepAt(b, length),
  );
}
