import { noGrad } from "../../graph/mode.ts";
import { tensor } from "../../ops/create.ts";
import type { WaveUNet } from "./waveUNet.ts";

/** One channel through the network; as long as it was. */
export function denoise(net: WaveUNet, signal: Float32Array): Float32Array {
  if (signal.length === 0) return signal.slice();
  const x = tensor(signal, { shape: [1, 1, signal.length] });
  return noGrad(() => net.forward(x)).dataSync() as Float32Array;
}
