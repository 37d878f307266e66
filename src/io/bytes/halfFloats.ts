/** Floats of 16 and 8 bits, which exist in files only: widened to float32 exactly, narrowed to the nearest, ties to even. */

const word = new DataView(new ArrayBuffer(4));

/** A small float format: a sign, `exponent` bits, `fraction` bits. */
interface Layout {
  readonly exponent: number;
  readonly fraction: number;
  /** Whether the largest exponent means infinity and NaN, as in IEEE 754; otherwise only all ones are a NaN. */
  readonly infinities: boolean;
}

/** IEEE 754 binary16. */
export const HALF: Layout = { exponent: 5, fraction: 10, infinities: true };
/** The upper half of a float32. */
export const BRAIN: Layout = { exponent: 8, fraction: 7, infinities: true };
/** Sources: "FP8 Formats for Deep Learning" (Micikevicius et al. 2022); PyTorch's `float8_e5m2` and `float8_e4m3fn`. */
export const E5M2: Layout = { exponent: 5, fraction: 2, infinities: true };
export const E4M3: Layout = { exponent: 4, fraction: 3, infinities: false };

/** The value of every bit pattern, which is 256 kB for 16 bits and three times as fast as computing each. */
const tables = new Map<Layout, Float32Array>();

/** The float32 of every bit pattern of a layout, by pattern. */
export function widened(layout: Layout): Float32Array {
  let table = tables.get(layout);
  if (!table) {
    table = Float32Array.from({ length: 2 ** (1 + layout.exponent + layout.fraction) }, (_, bits) =>
      widen(bits, layout),
    );
    tables.set(layout, table);
  }
  return table;
}

function widen(bits: number, { exponent: exponentBits, fraction: fractionBits, infinities }: Layout): number {
  const unit = 2 ** fractionBits;
  const fraction = bits % unit;
  const exponent = Math.floor(bits / unit) % 2 ** exponentBits;
  const sign = bits >= unit * 2 ** exponentBits ? -1 : 1;
  const bias = 2 ** (exponentBits - 1) - 1;
  const largest = exponent === 2 ** exponentBits - 1;
  if (largest && infinities) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  if (largest && fraction === unit - 1) return Number.NaN;
  return sign * (exponent ? (1 + fraction / unit) * 2 ** (exponent - bias) : (fraction / unit) * 2 ** (1 - bias));
}

/** The bit pattern nearest to a number, ties to even; beyond the largest it is infinity, or NaN where there is none. */
export function narrowed(
  value: number,
  { exponent: exponentBits, fraction: fractionBits, infinities }: Layout,
): number {
  const unit = 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  const signBit = value < 0 || Object.is(value, -0) ? unit * 2 ** exponentBits : 0;
  const top = (2 ** exponentBits - 1) * unit;
  const notANumber = infinities ? top + unit / 2 : top + unit - 1;
  if (Number.isNaN(value)) return notANumber;
  const magnitude = Math.abs(value);
  const overflow = signBit + (infinities ? top : notANumber);
  if (magnitude === Number.POSITIVE_INFINITY) return overflow;
  const exponent = Math.max(exponentOf(magnitude), 1 - bias);
  // In units of the last place; a carry into the next power of two is the right pattern by itself.
  const rounded = toEven(magnitude / 2 ** (exponent - fractionBits)) + (exponent + bias - 1) * unit;
  return rounded > (infinities ? top - 1 : top + unit - 2) ? overflow : signBit + rounded;
}

/** ⌊log2⌋ of a positive number; −127 or less is all the same here, where every format is narrower than float32. */
function exponentOf(magnitude: number): number {
  word.setFloat32(0, magnitude);
  const bits = word.getUint32(0) >>> 23;
  const rounded = bits - 127;
  return bits > 0 && magnitude < 2 ** rounded ? rounded - 1 : rounded;
}

function toEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
