/**
 * Random numbers in PyTorch's order: after `manualSeed(s)` the same calls give the numbers `torch.manual_seed(s)` gives
 * on the CPU, so that layers constructed in the same order start from the same weights.
 *
 * Equal in every bit to PyTorch 1.13.1 and 2.13 on x86-64 with AVX2 or AVX-512: `uniform`, `permutation`, and `normal` in
 * float32. In float64 `normal` goes through the engine's log, sin and cos, which no standard pins down: one value in
 * twenty differs, by up to 5e-16 · (1 + |x|) on V8. A PyTorch without FMA (`ATEN_CPU_CAPABILITY=default`) draws from the
 * same stream but rounds differently: up to 6e-8 in `uniform` over a range of 1, 4e-6 in a standard `normal`, in float32.
 */
import { OptionError, OptionTypeError } from "./errors.ts";

/** What a {@link Generator} is made of. Survives `JSON.stringify`. */
export interface GeneratorState {
  /** The 624 words of MT19937. */
  words: number[];
  /** How many of the words have been handed out, 0..624. */
  used: number;
  /** The second sample of the last scalar Box-Muller pair, if it has not been handed out. */
  spare: number | null;
  /** The 64-bit seed in decimal: JSON has no bigint. */
  seed: string;
}

type Floats = Float32Array | Float64Array;

const WORDS = 624;
const DEFAULT_SEED = 67280421310721; // PyTorch's default_rng_seed_val, the larger prime factor of 2^64 + 1
const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;
const MAX_PERMUTATION = 214748363; // from 2^32 / 20 on, PyTorch shuffles another way

/** MT19937 as PyTorch's CPU generator runs it, with PyTorch's ways of turning its words into numbers. */
export class Generator {
  readonly #words = new Uint32Array(WORDS);
  #used = WORDS;
  #spare: number | null = null;
  #seed = 0n;

  constructor(seed: number | bigint = DEFAULT_SEED) {
    this.#start(unsigned("Generator", seed));
  }

  /** The seed as PyTorch's `initial_seed()` tells it: -1 has become 2^64 - 1. */
  get initialSeed(): bigint {
    return this.#seed;
  }

  /** Restarts the stream. Only the low 32 bits of the seed matter to MT19937, so 0 and 2^32 give the same numbers. */
  seed(seed: number | bigint): this {
    return this.#start(unsigned("Generator.seed", seed));
  }

  /** An integer in 0..2^32 - 1. */
  uint32(): number {
    if (this.#used === WORDS) {
      advance(this.#words);
      this.#used = 0;
    }
    let y = this.#words[this.#used++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  /** A multiple of 2^-24 in [0, 1), from one draw. */
  float32(): number {
    return (this.uint32() & 0xffffff) * 2 ** -24;
  }

  /** A multiple of 2^-53 in [0, 1), from two draws: the first gives the high 21 bits. */
  float64(): number {
    const high = this.uint32() & 0x1fffff;
    return (high * 2 ** 32 + this.uint32()) * 2 ** -53;
  }

  /** `torch.Tensor.uniform_`. The sum is rounded once, as by the FMA in PyTorch, so a float32 can round up to `high`. */
  uniform<T extends Floats>(out: T, low = 0, high = 1): T {
    checkRange(out, low, high);
    if (out instanceof Float32Array) {
      const from = Math.fround(low);
      const range = Math.fround(Math.fround(high) - from);
      for (let i = 0; i < out.length; i++) out[i] = fma32(this.float32(), range, from);
    } else {
      const range = high - low;
      for (let i = 0; i < out.length; i++) out[i] = fma64(this.float64(), range, low);
    }
    return out;
  }

  /**
   * `torch.Tensor.normal_`. Two algorithms, as in PyTorch: fewer than 16 elements are drawn one by one in double, with the
   * second of each Box-Muller pair kept for the next call; 16 and more in blocks, which leave the kept one alone. The
   * last 16 elements are drawn a second time when the size is no multiple of 16.
   */
  normal<T extends Floats>(out: T, mean = 0, std = 1): T {
    if (!(std >= 0)) throw new OptionError(`normal: std ${std} is not >= 0`);
    const size = out.length;
    if (size < 16) {
      for (let i = 0; i < size; i++) out[i] = fma64(this.#standardNormal(), std, mean);
      return out;
    }
    this.uniform(out);
    const shape = out instanceof Float32Array ? shapeBlock32 : shapeBlock64;
    for (let i = 0; i + 16 <= size; i += 16) shape(out, i, mean, std);
    if (size % 16 !== 0) {
      this.uniform(out.subarray(size - 16));
      shape(out, size - 16, mean, std);
    }
    return out;
  }

  /** The integers 0..n-1 in random order, as `torch.randperm(n)`. */
  permutation(n: number): Uint32Array {
    if (!Number.isInteger(n) || n < 0 || n > MAX_PERMUTATION) {
      throw new OptionError(`permutation: n ${n} is not an integer in 0..${MAX_PERMUTATION}`);
    }
    const out = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.uint32() % (n - i));
      const swapped = out[i]!;
      out[i] = out[j]!;
      out[j] = swapped;
    }
    return out;
  }

  getState(): GeneratorState {
    return { words: [...this.#words], used: this.#used, spare: this.#spare, seed: String(this.#seed) };
  }

  setState(state: GeneratorState): this {
    const { words, used, spare, seed } = state;
    if (words.length !== WORDS || !Number.isInteger(used) || used < 0 || used > WORDS) {
      throw new OptionError(`setState: ${words.length} words with ${used} used are not ${WORDS} with 0..${WORDS} used`);
    }
    this.#words.set(words);
    this.#used = used;
    this.#spare = spare;
    this.#seed = BigInt(seed);
    return this;
  }

  #start(seed: bigint): this {
    const words = this.#words;
    words[0] = Number(seed & 0xffffffffn);
    for (let i = 1; i < WORDS; i++) {
      const previous = words[i - 1]!;
      words[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
    this.#used = WORDS;
    this.#spare = null;
    this.#seed = seed;
    return this;
  }

  #standardNormal(): number {
    const spare = this.#spare;
    if (spare !== null) {
      this.#spare = null;
      return spare;
    }
    const theta = 2 * Math.PI * this.float64();
    const radius = Math.sqrt(-2 * Math.log1p(-this.float64()));
    this.#spare = radius * Math.sin(theta);
    return radius * Math.cos(theta);
  }
}

/**
 * The generator behind every draw that names none. It starts from the seed of an unseeded `torch.Generator()`, so that
 * an unseeded run repeats too; PyTorch's own default generator starts from entropy.
 */
export const defaultGenerator: Generator = new Generator();

/** `torch.manual_seed`: restarts {@link defaultGenerator}, and returns it. Seeds are integers in -2^63..2^64 - 1. */
export function manualSeed(seed: number | bigint): Generator {
  return defaultGenerator.seed(unsigned("manualSeed", seed));
}

function unsigned(operation: string, seed: number | bigint): bigint {
  if (typeof seed !== "bigint" && typeof seed !== "number") {
    throw new OptionTypeError(`${operation}: seed ${String(seed)} (${typeof seed}) is neither a number nor a bigint`);
  }
  if (typeof seed === "number" && !Number.isSafeInteger(seed)) {
    throw new OptionError(`${operation}: seed ${seed} is not a safe integer; give larger seeds as a bigint`);
  }
  const wide = BigInt(seed);
  if (wide < -(2n ** 63n) || wide >= 2n ** 64n) {
    throw new OptionError(`${operation}: seed ${seed} is outside -2^63..2^64 - 1`);
  }
  return BigInt.asUintN(64, wide);
}

function checkRange(out: Floats, low: number, high: number): void {
  if (!(low <= high)) throw new OptionError(`uniform: low ${low} is not <= high ${high}`);
  const max = out instanceof Float32Array ? MAX_FLOAT32 : Number.MAX_VALUE;
  if (low < -max || high > max || high - low > max) {
    throw new OptionError(`uniform: low ${low}, high ${high} or their difference is beyond ${max}`);
  }
}

/** The next 624 words of MT19937, untempered. */
function advance(words: Uint32Array): void {
  for (let i = 0; i < WORDS; i++) {
    const y = (words[i]! & 0x80000000) | (words[(i + 1) % WORDS]! & 0x7fffffff);
    words[i] = words[(i + 397) % WORDS]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}

function shapeBlock64(x: Floats, start: number, mean: number, std: number): void {
  for (let i = start; i < start + 8; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - x[i]!));
    const theta = 2 * Math.PI * x[i + 8]!;
    x[i] = fma64(radius * Math.cos(theta), std, mean);
    x[i + 8] = fma64(radius * Math.sin(theta), std, mean);
  }
}

/**
 * In PyTorch's AVX2 kernel the logarithm, sine and cosine are the single-precision ones of Cephes, compiled to fused
 * multiply-adds. Doing the same roundings here is what makes the result equal in every bit, on every engine.
 */
function shapeBlock32(x: Floats, start: number, mean: number, std: number): void {
  const [mean32, std32] = [Math.fround(mean), Math.fround(std)];
  for (let i = start; i < start + 8; i++) {
    const radius = Math.fround(Math.sqrt(-2 * log32(1 - x[i]!)));
    const [sin, cos] = sincos32(Math.fround(TWO_PI * x[i + 8]!));
    x[i] = fma32(Math.fround(radius * cos), std32, mean32);
    x[i + 8] = fma32(Math.fround(radius * sin), std32, mean32);
  }
}

const TWO_PI = Math.fround(2 * Math.PI);
const FOUR_OVER_PI = Math.fround(4 / Math.PI);
const SQRT_HALF = Math.fround(Math.SQRT1_2);

/** Cephes' minimax polynomials, highest power first, and its splittings of π/4 and ln 2 into float32 parts. */
const LOG = Float32Array.of(
  7.0376836292e-2,
  -1.151461031e-1,
  1.167699874e-1,
  -1.2420140846e-1,
  1.4249322787e-1,
  -1.6668057665e-1,
  2.0000714765e-1,
  -2.4999993993e-1,
  3.3333331174e-1,
);
const SIN = Float32Array.of(-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1);
const COS = Float32Array.of(2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2);
const QUARTER_PI = Float32Array.of(0.78515625, 2.4187564849853516e-4, 3.774894977445941e-8);
const [LN2_HIGH, LN2_LOW] = [0.693359375, Math.fround(-2.1219444e-4)];

function horner32(coefficients: Float32Array, x: number): number {
  let y = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) y = fma32(y, x, coefficients[i]!);
  return y;
}

/** For multiples of 2^-24 in (0, 1], the only arguments there are. */
function log32(u: number): number {
  let exponent = 8 - Math.clz32(u * 2 ** 24);
  let x = u * 2 ** -exponent;
  if (x < SQRT_HALF) {
    exponent -= 1;
    x += x;
  }
  x -= 1;
  const square = Math.fround(x * x);
  const tail = Math.fround(horner32(LOG, x) * x);
  const y = fma32(tail, square, Math.fround(exponent * LN2_LOW)) - square / 2;
  return fma32(exponent, LN2_HIGH, Math.fround(x + Math.fround(y)));
}

/** For 0 <= x <= 2π. */
function sincos32(x: number): [number, number] {
  const octant = (Math.trunc(Math.fround(x * FOUR_OVER_PI)) + 1) & ~1;
  let r = x;
  for (const part of QUARTER_PI) r = fma32(octant, -part, r);
  const square = Math.fround(r * r);
  const sin = fma32(Math.fround(horner32(SIN, square) * square), r, r);
  const bend = fma32(Math.fround(horner32(COS, square) * square), square, -square / 2);
  const cos = Math.fround(bend + 1);
  const [s, c] = octant & 2 ? [cos, sin] : [sin, cos];
  return [octant & 4 ? -s : s, (octant - 2) & 4 ? c : -c];
}

/** a + b - s for s = fl(a + b): what the rounding dropped (Knuth's two-sum, exact). */
function dropped(a: number, b: number, s: number): number {
  const t = s - a;
  return a - (s - t) + (b - t);
}

/**
 * float32(a · b + c) for float32 arguments, rounded once. The product is exact in double; rounding the sum to double and
 * then to float32 goes wrong only when the double lies half-way between two float32 numbers.
 */
function fma32(a: number, b: number, c: number): number {
  const p = a * b;
  const s = p + c;
  const rest = dropped(p, c, s);
  const near = Math.fround(s);
  const far = near + 2 * (s - near);
  if (rest === 0 || far === near || Math.fround(far) !== far) return near;
  return rest > 0 === far > near ? far : near;
}

/** The upper 26 bits of x (Veltkamp), for |x| < 2^996: beyond it the product overflows. */
function upper(x: number): number {
  const t = 134217729 * x;
  return t - (t - x);
}

/**
 * double(a · b + c), rounded once, as long as |a · b| > 2^-960, so that its rounding error is a double too: the product
 * and two sums with their errors, where the last error decides if the others stop half-way between two doubles.
 */
function fma64(a: number, b: number, c: number): number {
  const p = a * b;
  if (p === 0 || c === 0 || !Number.isFinite(p + c)) return p + c;
  if (Math.abs(b) > 2 ** 900) return fma64(a, b * 2 ** -200, c * 2 ** -200) * 2 ** 200;
  const [aHigh, bHigh] = [upper(a), upper(b)];
  const [aLow, bLow] = [a - aHigh, b - bHigh];
  const pRest = aHigh * bHigh - p + aHigh * bLow + aLow * bHigh + aLow * bLow;
  const t = c + pRest;
  const tRest = dropped(c, pRest, t);
  const v = p + t;
  const vRest = dropped(p, t, v);
  const w = vRest + tRest;
  const wRest = dropped(vRest, tRest, w);
  const near = v + w;
  const rest = dropped(v, w, near);
  const far = near + 2 * rest;
  if (wRest === 0 || rest === 0 || far - near !== 2 * rest) return near;
  return wRest > 0 === far > near ? far : near;
}
