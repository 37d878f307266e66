/** Levels: RMS, in place scaling, and clean plus noise at a given ratio. */
import { OptionError, ShapeError } from "../../core/errors.ts";

/** Sum of squares. */
export function energy(x: Float32Array): number {
  let sum = 0;
  for (let t = 0; t < x.length; t++) sum += x[t]! * x[t]!;
  return sum;
}

export const rms = (x: Float32Array): number => Math.sqrt(energy(x) / Math.max(1, x.length));

/** Scales in place to an RMS, or less where the peak would pass 0.95; silence stays as it is. */
export function normalise(x: Float32Array, level: number): Float32Array {
  let peak = 0;
  for (let t = 0; t < x.length; t++) peak = Math.max(peak, Math.abs(x[t]!));
  if (peak === 0) return x;
  const gain = Math.min(level / rms(x), 0.95 / peak);
  for (let t = 0; t < x.length; t++) x[t]! *= gain;
  return x;
}

/** Adds `x · gain` to `out` in place. */
export function addScaled(out: Float32Array, x: Float32Array, gain: number): void {
  for (let t = 0; t < out.length; t++) out[t]! += x[t]! * gain;
}

/**
 * `clean` plus `noise` scaled by one factor so that 10 log10(|clean|² / |noise|²) is `snrDb` over the whole length.
 * Where one of them is silent no factor does that, and the noise is added as it is. Nothing is clipped.
 */
export function mixAtSnr(clean: Float32Array, noise: Float32Array, snrDb: number): Float32Array {
  if (clean.length !== noise.length) {
    throw new ShapeError(
      `mixAtSnr: expected as much noise as signal, found ${noise.length} and ${clean.length} samples`,
    );
  }
  if (!Number.isFinite(snrDb)) throw new OptionError(`mixAtSnr: expected a finite snrDb, found ${snrDb}`);
  const signalEnergy = energy(clean);
  const noiseEnergy = energy(noise);
  const silent = signalEnergy === 0 || noiseEnergy === 0;
  const gain = silent ? 1 : Math.sqrt(signalEnergy / noiseEnergy) * 10 ** (-snrDb / 20);
  const mixture = clean.slice();
  addScaled(mixture, noise, gain);
  return mixture;
}
