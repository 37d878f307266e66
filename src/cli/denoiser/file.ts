import { AtrousError, FormatError } from "../../core/errors.ts";
import { readSafetensors, readSafetensorsMetadata } from "../../io/safetensors/read.ts";
import { writeSafetensors } from "../../io/safetensors/write.ts";
import { skipInit } from "../../nn/init/fill.ts";
import { MaskNetwork, type MaskNetworkOptions } from "./maskNetwork.ts";

/** The kind of model, in the file's metadata, so that another one's weights are not mistaken for ours. */
const KIND = "atrous denoiser 2";

/** A trained denoiser as a safetensors file: weights by name, and what is needed to build the network in the metadata. */
export function saveDenoiser(net: MaskNetwork, sampleRate: number): Uint8Array<ArrayBuffer> {
  const metadata = { kind: KIND, options: JSON.stringify(net.options), sample_rate: String(sampleRate) };
  return writeSafetensors(net.stateDict(), { metadata });
}

/** The network in a file that `saveDenoiser` wrote. @throws FormatError naming `path` */
export function loadDenoiser(bytes: Uint8Array, path: string): { net: MaskNetwork; sampleRate: number } {
  try {
    const { kind, options, sample_rate: rate } = readSafetensorsMetadata(bytes);
    if (kind !== KIND) throw new FormatError(`expected a model of kind "${KIND}", got ${kind ? `"${kind}"` : "none"}`);
    const sampleRate = Number(rate);
    if (!Number.isInteger(sampleRate) || sampleRate < 1) throw new FormatError(`sample_rate "${rate}" is not a rate`);
    const net = skipInit(() => new MaskNetwork(JSON.parse(options ?? "") as MaskNetworkOptions));
    net.loadStateDict(readSafetensors(bytes));
    return { net: net.eval(), sampleRate };
  } catch (error) {
    if (error instanceof AtrousError || error instanceof SyntaxError)
      throw new FormatError(`${path}: ${(error as Error).message}`);
    throw error;
  }
}
