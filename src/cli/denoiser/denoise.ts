import { noGrad } from "../../graph/mode.ts";
import { tensor } from "../../ops/create.ts";
import type { MaskNetwork } from "./maskNetwork.ts";

/** One channel through the network; as long as it was. */
export function denoise(net: MaskNetwork, signal: Float32Array): Float32Array {
  if (signal.length === 0) return signal.slice();
  const x = tensor(signal, { shape: [1, 1, signal.length] });
  return noGrad(() => net.forward(x)).dataSync() as Float32Array;
}
