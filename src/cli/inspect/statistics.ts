import type { TypedArray } from "../../core/dtype.ts";

/** What there is to say about many numbers. Those that are not finite are counted, and left out of the rest. */
export interface Statistics {
  /** `null` where there is no finite number. */
  readonly min: number | bigint | null;
  readonly max: number | bigint | null;
  readonly mean: number | null;
  /** The standard deviation of the numbers themselves (divided by their count, not by one less). */
  readonly std: number | null;
  readonly nan: number;
  readonly infinite: number;
}

/** Numbers summed before their sum joins the others: rounding errors then grow with the blocks, not with the numbers. */
const BLOCK = 4096;

/**
 * One pass, in doubles, over differences to the first finite number: the squares of a mean far from zero would cancel. Blocks without an
 * odd number, which are nearly all, are found out by their sums, so there is no question inside the loop.
 */
export function statisticsOf(value: TypedArray): Statistics {
  if (value instanceof BigInt64Array) return ofIntegers(value);
  const numbers = value as Float32Array;
  let at = 0;
  while (at < numbers.length && !Number.isFinite(numbers[at])) at++;
  const shift = numbers[at] ?? 0;
  const found = new Totals(shift);
  for (let from = 0; from < numbers.length; from += BLOCK)
    found.add(numbers, from, Math.min(from + BLOCK, numbers.length));
  return found.statistics(numbers);
}

class Totals {
  readonly #shift: number;
  #count = 0;
  #sum = 0;
  #squares = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #nan = 0;
  #infinite = 0;

  constructor(shift: number) {
    this.#shift = shift;
  }

  add(numbers: Float32Array, from: number, to: number): void {
    const shift = this.#shift;
    let [sum, squares, min, max] = [0, 0, this.#min, this.#max];
    for (let i = from; i < to; i++) {
      const number = numbers[i]!;
      const difference = number - shift;
      sum += difference;
      squares += difference * difference;
      if (number < min) min = number;
      if (number > max) max = number;
    }
    if (!Number.isFinite(sum)) {
      this.#addOneByOne(numbers, from, to);
      return;
    }
    this.#count += to - from;
    this.#sum += sum;
    this.#squares += squares;
    this.#min = min;
    this.#max = max;
  }

  #addOneByOne(numbers: Float32Array, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const number = numbers[i]!;
      if (Number.isNaN(number)) this.#nan++;
      else if (!Number.isFinite(number)) this.#infinite++;
      else {
        const difference = number - this.#shift;
        this.#count++;
        this.#sum += difference;
        this.#squares += difference * difference;
        this.#min = Math.min(this.#min, number);
        this.#max = Math.max(this.#max, number);
      }
    }
  }

  statistics(numbers: Float32Array): Statistics {
    const odd = { nan: this.#nan, infinite: this.#infinite };
    if (this.#count === 0) return { min: null, max: null, mean: null, std: null, ...odd };
    const extremes = { min: this.#min, max: this.#max };
    const apart = this.#sum / this.#count;
    const variance = this.#squares / this.#count - apart * apart;
    // Doubles near the largest have squares, and sums, that there is no double for.
    if (!Number.isFinite(variance)) return { ...extremes, ...scaled(numbers, this.#count, extremes), ...odd };
    return { ...extremes, mean: this.#shift + apart, std: Math.sqrt(Math.max(variance, 0)), ...odd };
  }
}

function scaled(numbers: Float32Array, count: number, { min, max }: { min: number; max: number }) {
  const scale = Math.max(Math.abs(min), Math.abs(max));
  let [sum, squares] = [0, 0];
  for (const number of numbers) if (Number.isFinite(number)) sum += number / scale / count;
  for (const number of numbers) if (Number.isFinite(number)) squares += (number / scale - sum) ** 2 / count;
  return { mean: sum * scale, std: Math.sqrt(squares) * scale };
}

function ofIntegers(value: BigInt64Array): Statistics {
  const [first] = value;
  if (first === undefined) return { min: null, max: null, mean: null, std: null, nan: 0, infinite: 0 };
  let [min, max, sum, squares] = [first, first, 0, 0];
  for (const number of value) {
    if (number < min) min = number;
    if (number > max) max = number;
    const difference = Number(number - first);
    sum += difference;
    squares += difference * difference;
  }
  const apart = sum / value.length;
  const std = Math.sqrt(Math.max(squares / value.length - apart * apart, 0));
  return { min, max, mean: Number(first) + apart, std, nan: 0, infinite: 0 };
}
