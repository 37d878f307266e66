import { F, nn, type Tensor, tensor } from "atrous";

/** The modified Bessel function of order 0, by its power series. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-17 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** `sin(ωn)/(πn)` for `|n| ≤ half` under a Kaiser window. */
function kaiserLowPass(cutoff: number, half: number, beta: number): number[] {
  return Array.from({ length: 2 * half + 1 }, (_, i) => {
    const n = i - half;
    const window = bessel0(beta * Math.sqrt(1 - (n / (half + 1e-9)) ** 2)) / bessel0(beta);
    return window * (n === 0 ? cutoff / Math.PI : Math.sin(cutoff * n) / (Math.PI * n));
  });
}

/**
 * The prototype: the cutoff is the one whose autocorrelation is nearest to zero at every multiple of `2 · bands` samples, which is
 * what makes analysis and synthesis cancel. Its length is Kaiser's formula for a transition as wide as the band.
 * Lin and Vaidyanathan 1998, https://ieeexplore.ieee.org/document/681427
 */
function prototype(bands: number, attenuation: number): number[] {
  const band = Math.PI / (2 * bands);
  const half = Math.ceil((attenuation - 7.95) / (2.285 * band) / 2);
  const beta = 0.1102 * (attenuation - 8.7); // Kaiser's, above 50 dB
  const overlap = (cutoff: number): number => {
    const h = kaiserLowPass(cutoff, half, beta);
    let largest = 0;
    for (let lag = 2 * bands; lag < h.length; lag += 2 * bands) {
      let sum = 0;
      for (let i = lag; i < h.length; i++) sum += h[i]! * h[i - lag]!;
      largest = Math.max(largest, Math.abs(sum));
    }
    return largest;
  };
  let cutoff = band;
  for (let step = 0.2 * band; step > 1e-7 * band; step /= 2) {
    const candidates = [cutoff - step, cutoff, cutoff + step];
    const values = candidates.map(overlap);
    cutoff = candidates[values.indexOf(Math.min(...values))]!;
  }
  return kaiserLowPass(cutoff, half, beta);
}

/**
 * A pseudo quadrature mirror filter bank: a signal `(N, 1, L)` as `bands` signals `(N, bands, L / bands)` and back, L a multiple of
 * `bands`. Both directions are one convolution with stride `bands`; the way back is the adjoint of the way there, times `bands`.
 *
 * Reconstruction is nearly exact: white noise comes back within 0.1 % with 16 bands and 100 dB (413 taps), within 0.22 % with 70 dB.
 *
 * RAVE's bank is this one but for two things: it pads its kernels to a power of two, and it negates every second sample of every
 * second band, so that all frequencies ascend (left out: a sign that alternates in time is no convolution).
 *
 * `rave/pqmf.py` of https://github.com/acids-ircam/RAVE
 */
export class Pqmf extends nn.Module<never, never> {
  readonly bands: number;

  constructor(bands: number, attenuation = 100) {
    super();
    this.bands = bands;
    const h = prototype(bands, attenuation);
    const half = (h.length - 1) / 2;
    const bank = Float32Array.from({ length: bands * h.length }, (_, i) => {
      const band = Math.floor(i / h.length);
      const n = (i % h.length) - half;
      const phase = ((band % 2 === 0 ? 1 : -1) * Math.PI) / 4;
      return 2 * h[n + half]! * Math.cos((((2 * band + 1) * Math.PI) / (2 * bands)) * n + phase);
    });
    this.registerBuffer("hk", tensor(bank, { shape: [bands, 1, h.length] }));
  }

  #options(): { stride: number; padding: number } {
    return { stride: this.bands, padding: (this.getBuffer("hk").shape[2]! - 1) / 2 };
  }

  analysis(x: Tensor): Tensor {
    return F.conv1d(x, this.getBuffer("hk"), null, this.#options());
  }

  synthesis(bands: Tensor): Tensor {
    const options = { ...this.#options(), outputPadding: this.bands - 1 };
    return F.convTranspose1d(bands, this.getBuffer("hk"), null, options).mul(this.bands);
  }

  override forward(): never {
    throw new Error("Pqmf: call analysis or synthesis");
  }
}
