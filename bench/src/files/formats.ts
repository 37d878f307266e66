import type { Tensor } from "../../../dist/index.js";
import * as io from "../../../dist/io/index.js";

export const TENSORS = 250;
export const ELEMENTS = 500_000;

/** What is measured of a format. */
export interface Format {
  readonly suffix: string;
  readonly read: (bytes: Uint8Array) => ReadonlyMap<string, Tensor>;
  readonly write: (tensors: ReadonlyMap<string, Tensor>) => Uint8Array;
}

export const formats: Readonly<Record<string, Format>> = {
  safetensors: { suffix: "safetensors", read: io.readSafetensors, write: io.writeSafetensors },
  PyTorch: { suffix: "pt", read: (bytes) => io.readTorch(bytes) as Map<string, Tensor>, write: io.writeTorch },
  MindSpore: { suffix: "ckpt", read: io.readMindSpore, write: io.writeMindSpore },
  NumPy: { suffix: "npz", read: io.readNpz, write: io.writeNpz },
};
