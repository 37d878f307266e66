/** Fused multiply-add, `a · b + c` rounded once, which JavaScript does not have: error-free transforms of Knuth, Dekker and Veltkamp. */

/** a + b - s for s = fl(a + b): what the rounding dropped (Knuth's two-sum, exact). */
function dropped(a: number, b: number, s: number): number {
  const t = s - a;
  return a - (s - t) + (b - t);
}

/**
 * float32(a · b + c) for float32 arguments, rounded once. The product is exact in double; rounding the sum to double and
 * then to float32 goes wrong only when the double lies half-way between two float32 numbers.
 */
export function fma32(a: number, b: number, c: number): number {
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
export function fma64(a: number, b: number, c: number): number {
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
