/**
 * PyTorch's block form of the Box-Muller transform: 16 uniform numbers become 16 normal ones, the first eight from a radius and a
 * cosine, the others from the same radius and the sine.
 */
import { fma32, fma64 } from "./fma.ts";

type Floats = Float32Array | Float64Array;

export function shapeBlock64(x: Floats, start: number, mean: number, std: number): void {
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
export function shapeBlock32(x: Floats, start: number, mean: number, std: number): void {
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
