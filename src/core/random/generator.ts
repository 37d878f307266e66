/**
 * Random numbers in PyTorch's order: after `manualSeed(s)` the same calls give the numbers `torch.manual_seed(s)` gives
 * on the CPU, so that layers constructed in the same order start from the same weights.
 *
 * Equal in every bit to PyTorch 1.13.1 and 2.13 on x86-64 with AVX2 or AVX-512: `uniform`, `permutation`, and `drawNormal`
 * in float32. In float64 `drawNormal` goes through the engine's log, sin and cos, which no standard pins down: one value in
 * twenty differs, by up to 5e-16 · (1 + |x|) on V8. A PyTorch without FMA (`ATEN_CPU_CAPABILITY=default`) draws from the
 * same stream but rounds differently: up to 6e-8 in `uniform` over a range of 1, 4e-6 in a standard normal, in float32.
 */
import { OptionError, OptionTypeError } from "../errors.ts";
import { fma32, fma64 } from "./fma.ts";

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
  /** The second sample of a scalar Box-Muller pair, kept for the next call of `drawNormal`. */
  spare: number | null = null;
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
    return { words: [...this.#words], used: this.#used, spare: this.spare, seed: String(this.#seed) };
  }

  setState(state: GeneratorState): this {
    const { words, used, spare, seed } = state;
    if (words.length !== WORDS || !Number.isInteger(used) || used < 0 || used > WORDS) {
      throw new OptionError(`setState: ${words.length} words with ${used} used are not ${WORDS} with 0..${WORDS} used`);
    }
    this.#words.set(words);
    this.#used = used;
    this.spare = spare;
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
    this.spare = null;
    this.#seed = seed;
    return this;
  }
}

/** A seed as an unsigned 64-bit integer. */
export function unsigned(operation: string, seed: number | bigint): bigint {
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
