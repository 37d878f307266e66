/** A trained denoiser, out of a file that `npm start` writes. */
import "atrous"; // installs the backend that `realtime` computes with
import { type PortableNetwork, portable } from "atrous/stream";
import { loadDenoiser } from "../../../src/cli/denoiser/file.ts";

export interface Model {
  readonly name: string;
  /** What the audio thread gets. */
  readonly network: PortableNetwork;
  /** Samples per second of what it was trained on. */
  readonly sampleRate: number;
  /** Numbers that were learned. */
  readonly parameters: number;
}

/** @throws FormatError for any other kind of file */
export function readModel(bytes: Uint8Array, name: string): Model {
  const { net, sampleRate } = loadDenoiser(bytes, name);
  const parameters = [...net.parameters()].reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return { name, network: portable(net, { channels: 1 }), sampleRate, parameters };
}

/** The model that is served with the page. */
export async function servedModel(): Promise<Model> {
  const response = await fetch(new URL("../model.safetensors", import.meta.url));
  if (!response.ok) throw new Error(`model.safetensors: the server says ${response.status}`);
  return readModel(new Uint8Array(await response.arrayBuffer()), "model.safetensors");
}
