/** The recursive filters that shape sources into voices and noises. All work in place. */

/**
 * A two-pole resonator with unit gain at 0 Hz: y = a x + b y₁ + c y₂ (Klatt 1980, "Software for a cascade/parallel
 * formant synthesizer"), tuned as it runs. At or above 0.48 of the sample rate it passes everything.
 */
export class Resonator {
  #a = 1;
  #b = 0;
  #c = 0;
  #y1 = 0;
  #y2 = 0;
  readonly #sampleRate: number;

  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** Centre and bandwidth in Hz. */
  tune(frequency: number, bandwidth: number): void {
    if (frequency >= 0.48 * this.#sampleRate) {
      this.#a = 1;
      this.#b = 0;
      this.#c = 0;
      return;
    }
    const radius = Math.exp((-Math.PI * bandwidth) / this.#sampleRate);
    this.#b = 2 * radius * Math.cos((2 * Math.PI * frequency) / this.#sampleRate);
    this.#c = -radius * radius;
    this.#a = 1 - this.#b - this.#c;
  }

  run(x: Float32Array, from: number, to: number): void {
    let y1 = this.#y1;
    let y2 = this.#y2;
    for (let t = from; t < to; t++) {
      const y = this.#a * x[t]! + this.#b * y1 + this.#c * y2;
      y2 = y1;
      y1 = y;
      x[t] = y;
    }
    this.#y1 = y1;
    this.#y2 = y2;
  }
}

/**
 * Band pass of second order with unit gain at its centre (Bristow-Johnson, "Cookbook formulae for audio EQ biquad
 * filter coefficients", constant 0 dB peak gain). Centre in Hz, below half the sample rate; q = centre / bandwidth.
 */
export function bandPass(x: Float32Array, sampleRate: number, centre: number, q: number): void {
  const w = (2 * Math.PI * Math.min(centre, 0.45 * sampleRate)) / sampleRate;
  const alpha = Math.sin(w) / (2 * q);
  const gain = alpha / (1 + alpha);
  const b = (2 * Math.cos(w)) / (1 + alpha);
  const c = -(1 - alpha) / (1 + alpha);
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let t = 0; t < x.length; t++) {
    const input = x[t]!;
    const y = gain * (input - x2) + b * y1 + c * y2;
    x2 = x1;
    x1 = input;
    y2 = y1;
    y1 = y;
    x[t] = y;
  }
}

/** Turns white noise into pink, −3 dB per octave within 0.5 dB above 0.0005 of the sample rate (Paul Kellet, 1999). */
export function pinken(x: Float32Array): void {
  let [b0, b1, b2] = [0, 0, 0];
  for (let t = 0; t < x.length; t++) {
    const white = x[t]!;
    b0 = 0.99765 * b0 + white * 0.099046;
    b1 = 0.963 * b1 + white * 0.2965164;
    b2 = 0.57 * b2 + white * 1.0526913;
    x[t] = b0 + b1 + b2 + white * 0.1848;
  }
}

/** Turns white noise into brown, −6 dB per octave above a corner in Hz. */
export function brownen(x: Float32Array, sampleRate: number, corner: number): void {
  const leak = Math.exp((-2 * Math.PI * corner) / sampleRate);
  let y = 0;
  for (let t = 0; t < x.length; t++) {
    y = leak * y + x[t]!;
    x[t] = y;
  }
}
