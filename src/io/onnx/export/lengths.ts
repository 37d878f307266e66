/**
 * Numbers that depend on the free lengths, found by what they are in every trace: the same everywhere, or in a simple relation to the
 * length of an axis that the exported network has at hand.
 */

/** A number by trace. */
export type Numbers = readonly number[];

/** `⌊Σ factor · axis / divisor⌋ + summand`. */
export interface Expression {
  readonly terms: readonly { readonly axis: AxisName; readonly factor: number }[];
  readonly divisor: number;
  readonly summand: number;
}

/** An axis of a value of the exported graph. */
export interface AxisName {
  readonly value: string;
  readonly axis: number;
}

export const isConstant = (numbers: Numbers): boolean => numbers.every((number) => number === numbers[0]);

export const plus = (a: Numbers, b: Numbers): Numbers => a.map((number, i) => number + b[i]!);
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
    if (same) return { terms: [{ axis: same.name, factor: 1 }], divisor: 1, summand: 0 };
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
          const summand = offsetOf(
            numbers,
            a.lengths.map((length, k) => Math.floor((length + factor * b.lengths[k]!) / divisor)),
          );
          if (summand !== null)
            return {
              terms: [
                { axis: a.name, factor: 1 },
                { axis: b.name, factor },
              ],
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

/** What has to be added to `values` everywhere to make `numbers`. */
function offsetOf(numbers: Numbers, values: Numbers): number | null {
  const offset = numbers[0]! - values[0]!;
  return values.every((value, i) => value + offset === numbers[i]) ? offset : null;
}

interface Relation {
  readonly factor: number;
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
  return summand === null ? null : { factor, divisor: 1, summand };
}

/** Steps of `divisor`, as strides make them. */
function divided(lengths: Numbers, numbers: Numbers): Relation | null {
  const [least, most] = [Math.min(...lengths), Math.max(...lengths)];
  const rise = numbers[lengths.indexOf(most)]! - numbers[lengths.indexOf(least)]!;
  if (rise <= 0) return null;
  const ratio = (most - least) / rise;
  for (let divisor = Math.max(2, Math.floor(ratio / 2)); divisor <= Math.min(MOST, 2 * ratio); divisor++) {
    const summand = offsetOf(
      numbers,
      lengths.map((length) => Math.floor(length / divisor)),
    );
    if (summand !== null) return { factor: 1, divisor, summand };
  }
  return null;
}
