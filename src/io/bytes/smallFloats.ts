/**
 * Floats of 16 and 8 bits, which exist in files only: widened to float32 exactly, narrowed to the nearest, ties to even. All of it is done
 * with bit patterns, because a NaN that passes through a number may lose its own.
 */
export interface SmallFloat {
  readonly exponent: number;
  readonly fraction: number;
  /** Whether the largest exponent means infinity and NaN, as in IEEE 754; otherwise only all ones are a NaN. */
  readonly infinities: boolean;
}

/** IEEE 754 binary16. */
export const HALF: SmallFloat = { exponent: 5, fraction: 10, infinities: true };
/** The upper half of a float32. */
export const BRAIN: SmallFloat = { exponent: 8, fraction: 7, infinities: true };
/** Sources: "FP8 Formats for Deep Learning" (Micikevicius et al. 2022); PyTorch's `float8_e5m2` and `float8_e4m3fn`. */
export const E5M2: SmallFloat = { exponent: 5, fraction: 2, infinities: true };
export const E4M3: SmallFloat = { exponent: 4, fraction: 3, infinities: false };

export const bytesOf = ({ exponent, fraction }: SmallFloat): number => (1 + exponent + fraction) / 8;

/** Of a float32. */
const EXPONENT = 0x7f800000;
const FRACTION = 0x7fffff;
const UNIT = 0x800000;

/** The float32 of every bit pattern: 256 kB for 16 bits, and three times as fast as computing each. */
const tables = new Map<SmallFloat, Uint32Array>();

function tableOf(format: SmallFloat): Uint32Array {
  let table = tables.get(format);
  if (!table) {
    table = Uint32Array.from({ length: 2 ** (8 * bytesOf(format)) }, (_, bits) => widen(bits, format));
    tables.set(format, table);
  }
  return table;
}

const number = new Float32Array(1);
const pattern = new Uint32Array(number.buffer);

/** The bit pattern of the float32 for that of a small one. */
function widen(bits: number, { exponent: exponentBits, fraction: fractionBits, infinities }: SmallFloat): number {
  const unit = 2 ** fractionBits;
  const [fraction, exponent] = [bits % unit, Math.floor(bits / unit) % 2 ** exponentBits];
  const sign = bits >= unit * 2 ** exponentBits ? 0x80000000 : 0;
  const bias = 2 ** (exponentBits - 1) - 1;
  const largest = exponent === 2 ** exponentBits - 1;
  if (largest && (infinities || fraction === unit - 1)) return sign + EXPONENT + fraction * 2 ** (23 - fractionBits);
  number[0] = exponent ? (1 + fraction / unit) * 2 ** (exponent - bias) : (fraction / unit) * 2 ** (1 - bias);
  return sign + pattern[0]!;
}

/** The numbers in the bytes of a file. */
export function widened(format: SmallFloat, bytes: Uint8Array, little: boolean): Float32Array {
  const table = tableOf(format);
  const step = bytesOf(format);
  const value = new Float32Array(bytes.length / step);
  const patterns = new Uint32Array(value.buffer);
  const [low, high] = little ? [0, 1] : [1, 0];
  if (step === 1) for (let i = 0; i < patterns.length; i++) patterns[i] = table[bytes[i]!]!;
  else
    for (let i = 0; i < patterns.length; i++) patterns[i] = table[bytes[2 * i + low]! | (bytes[2 * i + high]! << 8)]!;
  return value;
}

/** The bytes of a file, little-endian, for numbers. What is beyond the largest is infinity, or NaN where there is none. */
export function narrowed(format: SmallFloat, value: Float32Array): Uint8Array {
  const step = bytesOf(format);
  const bytes = new Uint8Array(value.length * step);
  const patterns = new Uint32Array(value.buffer, value.byteOffset, value.length);
  const narrow = narrowing(format);
  for (let i = 0; i < patterns.length; i++) {
    const bits = narrow(patterns[i]!);
    bytes[step * i] = bits;
    if (step === 2) bytes[2 * i + 1] = bits >>> 8;
  }
  return bytes;
}

/** From the bit pattern of a float32 to that of a small one. What depends on the format alone is computed once: 8 times as fast. */
function narrowing({
  exponent: exponentBits,
  fraction: fractionBits,
  infinities,
}: SmallFloat): (bits: number) => number {
  const shift = 23 - fractionBits;
  const largest = (2 ** exponentBits - 1) << fractionBits;
  const overflow = infinities ? largest : largest + 2 ** fractionBits - 1;
  const quiet = 1 << (fractionBits - 1);
  const rebias = 2 ** (exponentBits - 1) - 1 - 127;
  return (bits) => {
    const sign = (bits >>> 31) << (exponentBits + fractionBits);
    const fraction = bits & FRACTION;
    const exponent = (bits & EXPONENT) >>> 23;
    if (exponent === 255) {
      if (fraction === 0 || !infinities) return sign | overflow;
      return sign | largest | (fraction >> shift || quiet);
    }
    const mantissa = exponent > 0 ? fraction + UNIT : fraction;
    // The exponent that the small format would have; where it is below 1, the mantissa moves on to the right.
    const moved = Math.max(exponent, 1) + rebias;
    // A carry into the next power of two is the right pattern by itself.
    const rounded = moved >= 1 ? toEven((moved - 1) * UNIT + mantissa, shift) : toEven(mantissa, shift + 1 - moved);
    return sign | (rounded >= overflow ? overflow : rounded);
  };
}

/** `value / 2^shift`, rounded to the nearest, ties to even. */
function toEven(value: number, shift: number): number {
  if (shift > 25) return 0;
  return (value + (1 << (shift - 1)) - 1 + ((value >>> shift) & 1)) >>> shift;
}
