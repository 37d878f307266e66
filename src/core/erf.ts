/**
 * The error function `2/√π ∫₀ˣ e^(−t²) dt` and its inverse in double precision.
 *
 * erf: the Maclaurin series up to |x| = 3, a continued fraction of erfc beyond. Abramowitz & Stegun 7.1.6 (positive terms, so
 * nothing cancels) and 7.1.14.
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

/**
 * The x with `erf(x) = y`: Winitzki's closed form, then Halley's iteration (three digits become all of them in two steps). As
 * erf flattens, the digits of y do not tell x apart any more: towards |y| = 1 the error is that of y divided by the slope.
 */
export function inverseErf(y: number): number {
  if (!(Math.abs(y) < 1)) return Math.abs(y) === 1 ? y * Number.POSITIVE_INFINITY : Number.NaN;
  const a = 0.147;
  const log = Math.log1p(-y * y);
  const half = 2 / (Math.PI * a) + log / 2;
  let x = Math.sign(y) * Math.sqrt(Math.sqrt(half * half - log / a) - half);
  for (let step = 0; step < 3; step++) {
    const newton = (erf(x) - y) / ((2 / Math.sqrt(Math.PI)) * Math.exp(-x * x));
    x -= newton / (1 + x * newton);
  }
  return x;
}
