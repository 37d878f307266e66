import type { Tensor } from "../../graph/tensor.ts";
import * as nn from "../../nn/index.ts";
import { tensor } from "../../ops/create.ts";
import { reshape } from "../../ops/shape/reshape.ts";
import { slice } from "../../ops/shape/slice.ts";

/**
 * The modulated complex lapped transform (Malvar, "A modulated complex lapped transform and its applications to audio processing",
 * 1999): frames of `2·hop` samples, one every `hop`, into `hop` bands, each a cosine and a sine part. It is a convolution with stride
 * `hop`, and its inverse is the adjoint of that convolution, with the same weight.
 *
 * One of the two parts would be enough to get the signal back. But a steady tone beats in one part, and stands still in both, so a mask
 * can follow it: cosines alone gained 0.8 dB less.
 */
export class LappedTransform {
  readonly #hop: number;
  readonly #analysis: nn.Conv1d;
  readonly #synthesis: nn.ConvTranspose1d;

  constructor(hop: number) {
    const window = 2 * hop;
    this.#hop = hop;
    this.#analysis = nn.utils.skipInit(
      () => new nn.Conv1d(1, 2 * hop, window, { stride: hop, padding: [window - hop, window - 1], bias: false }),
    );
    this.#analysis.weight.assign(lappedBasis(hop));
    this.#analysis.weight.requiresGrad = false;
    this.#synthesis = this.#analysis.transposed();
  }

  /** `(N, 1, L)` to `(N, 2, hop, frames)`: the first frame ends with sample `hop − 1`, the last begins with one of the last `hop`. */
  analyse(x: Tensor): Tensor {
    const rows = this.#analysis.forward(x);
    return reshape(rows, [rows.shape[0]!, 2, this.#hop, rows.shape[2]!]);
  }

  /** `(N, 2, hop, frames)` to the `(N, 1, length)` that it was made of. */
  synthesise(bands: Tensor, length: number): Tensor {
    const frames = bands.shape[3]!;
    const rows = reshape(bands, [bands.shape[0]!, 2 * this.#hop, frames]);
    // Cut by itself: were the length the convolution's, a stream would hold samples back in case the signal ends where they are.
    const whole = this.#synthesis.forward(rows, { outputLength: (frames - 1) * this.#hop });
    return slice(whole, 2, 0, length);
  }
}

/**
 * The transform as a weight of shape `(2·hop, 1, 2·hop)`: with φ = π/hop · (n + ½ + hop/2) · (k + ½),
 *
 *     w[k, 0, n] = √(1/hop) · sin(π (n + ½) / (2 hop)) · cos φ        w[hop + k, 0, n] = the same · sin φ
 *
 * Either half, times √2, has orthonormal rows (Princen, Bradley 1986), overlaps with neighbouring frames included; so together their
 * adjoint is their inverse.
 */
export function lappedBasis(hop: number): Tensor {
  const window = 2 * hop;
  const weight = new Float32Array(2 * hop * window);
  for (let k = 0; k < hop; k++)
    for (let n = 0; n < window; n++) {
      const envelope = Math.sqrt(1 / hop) * Math.sin((Math.PI * (n + 0.5)) / window);
      const phase = (Math.PI / hop) * (n + 0.5 + hop / 2) * (k + 0.5);
      weight[k * window + n] = envelope * Math.cos(phase);
      weight[(hop + k) * window + n] = envelope * Math.sin(phase);
    }
  return tensor(weight, { shape: [2 * hop, 1, window] });
}
