/** The files that are written, by the endings of their names. */
import { FormatError } from "../../core/errors.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { readMindSpore, writeMindSpore } from "../../io/mindspore/mindspore.ts";
import { readNpy, writeNpy } from "../../io/numpy/npy.ts";
import { readNpz, writeNpz } from "../../io/numpy/npz.ts";
import { readSafetensors } from "../../io/safetensors/read.ts";
import { writeSafetensors } from "../../io/safetensors/write.ts";
import { readStateDict } from "../../io/stateDict/readStateDict.ts";
import { writeTorch } from "../../io/torch/write.ts";
import { UsageError } from "../command.ts";
import type { Request } from "./request.ts";
import type { Source } from "./source.ts";

export type Tensors = ReadonlyMap<string, Tensor>;
type TensorKind = "safetensors" | "torch" | "mindspore" | "npz" | "npy";
export type TargetKind = TensorKind | "onnx" | "nam";

const endings: readonly (readonly [ending: string, kind: TargetKind])[] = [
  [".safetensors", "safetensors"],
  [".pt", "torch"],
  [".pth", "torch"],
  [".ckpt", "mindspore"],
  [".npz", "npz"],
  [".npy", "npy"],
  [".onnx", "onnx"],
  [".nam", "nam"],
];

/** @throws UsageError for a name that does not say what the file shall be */
export function targetKind(path: string): TargetKind {
  const found = endings.find(([ending]) => path.toLowerCase().endsWith(ending));
  if (found) return found[1];
  throw new UsageError(
    `${path}: the end of the name says what to write; it must be one of ${endings.map(([ending]) => ending).join(", ")}`,
  );
}

/** The endings of a kind of file, for a message. */
export const endingsOf = (kind: TargetKind): string =>
  endings.flatMap(([ending, each]) => (each === kind ? [ending] : [])).join(" and ");

export interface Target {
  readonly write: (tensors: Tensors, request: Request, source: Source) => Uint8Array;
  readonly read: (bytes: Uint8Array) => Tensors;
  /** Whether the file has room for the strings that the source carries beside its tensors. */
  readonly keepsMetadata: boolean;
}

export const tensorTargets: Readonly<Record<TensorKind, Target>> = {
  safetensors: {
    write: (tensors, { forR }, { metadata }) =>
      writeSafetensors(tensors, { forR, ...(metadata.size > 0 && { metadata: Object.fromEntries(metadata) }) }),
    read: readSafetensors,
    keepsMetadata: true,
  },
  torch: {
    write: (tensors) => writeTorch(tensors),
    read: (bytes) => readStateDict(bytes, { prefix: "", foldWeightNorm: false }),
    keepsMetadata: false,
  },
  mindspore: {
    write: (tensors, { crc, layers }) => writeMindSpore(tensors, { crc, layers }),
    read: readMindSpore,
    keepsMetadata: false,
  },
  npz: { write: (tensors) => writeNpz(tensors), read: (bytes) => readNpz(bytes), keepsMetadata: false },
  npy: {
    write: (tensors) => {
      const [tensor] = tensors.values();
      if (tensor && tensors.size === 1) return writeNpy(tensor);
      throw new FormatError(`an .npy file holds exactly one tensor, and there are ${tensors.size}; .npz holds many`);
    },
    read: (bytes) => new Map([["", readNpy(bytes)]]),
    keepsMetadata: false,
  },
};
