/** How much of a signal survives: measures of an estimate against the signal it should be. */
import { ShapeError } from "../core/errors.ts";

/** Values beyond this are reported as this, in dB: float32 samples cannot tell a residual at −144 dB from none. */
const LIMIT = 100;

/**
 * Scale-invariant signal-to-distortion ratio in dB (Le Roux, Wisdom, Erdogan, Hershey: "SDR – half-baked or well
 * done?", ICASSP 2019). With the means of both taken off, e the estimate and r the reference:
 *
 *     α = ⟨e, r⟩ / ⟨r, r⟩        SI-SDR = 10 log10( |α r|² / |e − α r|² )
 *
 * so neither a gain, a change of sign nor an offset of the estimate matters. The result is always within −100..100:
 * a perfect estimate gives 100; an estimate without a trace of the reference gives −100, and so does silence (or a
 * constant) on either side, where the ratio is not defined. NaN among the samples gives NaN.
 */
export function siSdr(estimate: ArrayLike<number>, reference: ArrayLike<number>): number {
  const n = reference.length;
  if (estimate.length !== n) {
    throw new ShapeError(`siSdr: the estimate has ${estimate.length} samples, the reference ${n}; expected the same`);
  }
  const meanE = mean(estimate);
  const meanR = mean(reference);
  let cross = 0;
  let power = 0;
  for (let t = 0; t < n; t++) {
    const r = reference[t]! - meanR;
    cross += (estimate[t]! - meanE) * r;
    power += r * r;
  }
  if (cross === 0 || power === 0) return -LIMIT;
  const alpha = cross / power;
  let residual = 0; // summed on its own: |e|² − |α r|² would cancel where it matters most
  for (let t = 0; t < n; t++) residual += (estimate[t]! - meanE - alpha * (reference[t]! - meanR)) ** 2;
  const ratio = 10 * Math.log10((alpha * alpha * power) / residual);
  return Math.max(-LIMIT, Math.min(LIMIT, ratio));
}

/** What the step from `before` to `after` gains in SI-SDR, in dB; 0 where the reference is silent. */
export function siSdrGain(before: ArrayLike<number>, after: ArrayLike<number>, reference: ArrayLike<number>): number {
  return siSdr(after, reference) - siSdr(before, reference);
}

/** Taken about the first sample, so that the mean of a constant is that constant and nothing is left of it. */
function mean(x: ArrayLike<number>): number {
  const origin = x[0] ?? 0;
  let sum = 0;
  for (let t = 0; t < x.length; t++) sum += x[t]! - origin;
  return origin + sum / Math.max(1, x.length);
}
