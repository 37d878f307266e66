import type { Tensor } from "../../graph/tensor.ts";
import { tensor } from "../../ops/create.ts";

/**
 * The modified discrete cosine transform as the weight of a convolution with stride `hop`, of shape `(hop, 1, 2·hop)`:
 *
 *     w[k, 0, n] = √(2/hop) · sin(π (n + ½) / (2 hop)) · cos(π/hop · (n + ½ + hop/2) · (k + ½))
 *
 * The shifted windows of all bands are orthonormal, so the transposed convolution with the same weight gives every signal back.
 * Princen, Bradley 1986, "Analysis/synthesis filter bank design based on time domain aliasing cancellation".
 */
export function cosineBasis(hop: number): Tensor {
  const window = 2 * hop;
  const weight = new Float32Array(hop * window);
  for (let k = 0; k < hop; k++)
    for (let n = 0; n < window; n++) {
      const envelope = Math.sqrt(2 / hop) * Math.sin((Math.PI * (n + 0.5)) / window);
      weight[k * window + n] = envelope * Math.cos((Math.PI / hop) * (n + 0.5 + hop / 2) * (k + 0.5));
    }
  return tensor(weight, { shape: [hop, 1, window] });
}
