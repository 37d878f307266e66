/** Short-time Fourier transform in dB, as one byte per cell: all that a picture needs. */

/** dB of the bytes 0 and 255. 0 dB is a sine of amplitude 1. */
export const FLOOR_DB: number = -90;

const SIZE = 512;
const HOP = 128;
const BINS = SIZE / 2;

/** A screen has no more columns than this to show; longer signals take longer hops. */
const MAX_FRAMES = 1000;

export interface Spectrogram {
  /** Frame f is centred at f · hop samples. */
  frames: number;
  /** Bin b is centred at b · sampleRate / 512. The bin at half the sample rate is left out. */
  bins: number;
  hop: number;
  /** `frames` × `bins`, the lowest bin first: 0 is −90 dB or less, 255 is 0 dB or more. */
  levels: Uint8Array;
}

/** Periodic Hann window of 512 samples (32 ms at 16 kHz), hop 128, zeros beyond both ends of the signal. */
export function spectrogram(signal: Float32Array): Spectrogram {
  const hop = Math.max(HOP, Math.ceil(signal.length / MAX_FRAMES));
  const frames = Math.max(1, Math.ceil(signal.length / hop));
  const levels = new Uint8Array(frames * BINS);
  const window = Float64Array.from({ length: SIZE }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / SIZE));
  const full = SIZE / 4; // |X| of a sine of amplitude 1: half the sum of the window
  const re = new Float64Array(SIZE);
  const im = new Float64Array(SIZE);
  for (let f = 0; f < frames; f++) {
    const start = f * hop - SIZE / 2;
    for (let n = 0; n < SIZE; n++) re[n] = window[n]! * (signal[start + n] ?? 0);
    im.fill(0);
    fft(re, im);
    for (let b = 0; b < BINS; b++) {
      const power = (re[b]! * re[b]! + im[b]! * im[b]!) / (full * full);
      const db = 10 * Math.log10(power + 1e-30);
      levels[f * BINS + b] = Math.round(255 * Math.max(0, Math.min(1, 1 - db / FLOOR_DB)));
    }
  }
  return { frames, bins: BINS, hop, levels };
}

/** X[k] = Σ x[n] e^(−2πi k n / N) in place, by radix 2 (Cooley, Tukey 1965); N is a power of two. */
export function fft(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j |= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  for (let half = 1; half < n; half *= 2) {
    for (let k = 0; k < half; k++) {
      const wr = Math.cos((Math.PI * k) / half);
      const wi = -Math.sin((Math.PI * k) / half);
      for (let a = k; a < n; a += 2 * half) {
        const b = a + half;
        const tr = wr * re[b]! - wi * im[b]!;
        const ti = wr * im[b]! + wi * re[b]!;
        re[b] = re[a]! - tr;
        im[b] = im[a]! - ti;
        re[a]! += tr;
        im[a]! += ti;
      }
    }
  }
}
