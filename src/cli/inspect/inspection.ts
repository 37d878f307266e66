import type { FileKind } from "../../io/stateDict/sniff.ts";

/** What was found out about a file. */
export interface Inspection {
  /** For programs: what `--json` prints beside the name, the kind and the size. */
  readonly data: Readonly<Record<string, unknown>>;
  /** For people: lines of at most so many characters, as far as that goes. */
  readonly lines: (width: number) => readonly string[];
}

/** What a kind of file is inspected with. */
export interface InspectOptions {
  readonly path: string;
  /** Samples that the network is given; `null` for the reader's choice. */
  readonly length: number | null;
  /** Samples per second; `null` where the file may say. */
  readonly rate: number | null;
  /** Of tensors, only those whose names begin with it. */
  readonly prefix: string;
}

export type Inspect = (bytes: Uint8Array, options: InspectOptions) => Inspection;

/** What files are called. */
export const kindNames: Readonly<Record<FileKind, string>> = {
  safetensors: "safetensors",
  torch: "PyTorch",
  mindspore: "MindSpore checkpoint",
  npy: "NumPy array",
  npz: "NumPy arrays",
  onnx: "ONNX",
  nam: "neural amp modeler",
  wav: "WAV",
};
