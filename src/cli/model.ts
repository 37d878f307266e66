import { readFileSync } from "node:fs";
import type { Network } from "../nn/trace.ts";
import { loadDenoiser } from "./denoiser/file.ts";

/** What can be run over a recording. */
export interface Model {
  /** One channel in, one channel of the same length out. */
  readonly network: Network;
  /** Samples per second of what it was trained on. */
  readonly sampleRate: number;
}

/** The model in a file. Other kinds of file are told apart here. @throws FormatError naming `path` */
export function readModel(path: string): Model {
  const { net, sampleRate } = loadDenoiser(readFileSync(path), path);
  return { network: net, sampleRate };
}
