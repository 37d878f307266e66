/**
 * The error function in double precision: the Maclaurin series up to |x| = 3, a continued fraction of erfc beyond.
 * Abramowitz & Stegun 7.1.6 (series with positive terms, so nothing cancels) and 7.1.14. Relative error below 1e-14.
 */
export function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  const a = Math.abs(x);
  const magnitude = a < 3 ? series(a) : a < 6 ? 1 - continuedFraction(a) : 1;
  return x < 0 ? -magnitude : magnitude;
}

/** 2/√π · e^(−a²) · Σ 2ⁿ a^(2n+1) / (1·3·…·(2n+1)) */
function series(a: number): number {
  let term = a;
  let sum = a;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * a * a) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-a * a) * sum;
}

/** e^(−a²)/√π · 1/(a + ½/(a + 1/(a + 3/2/(a + …)))), 60 levels. */
function continuedFraction(a: number): number {
  let tail = a;
  for (let n = 60; n >= 1; n--) tail = a + n / 2 / tail;
  return Math.exp(-a * a) / Math.sqrt(Math.PI) / tail;
}
