/** How each kind of file of tensors is written. */
import { FormatError } from "../../core/errors.ts";
import { readMindSpore, writeMindSpore } from "../../io/mindspore/mindspore.ts";
import { readNpy, writeNpy } from "../../io/numpy/npy.ts";
import { readNpz, writeNpz } from "../../io/numpy/npz.ts";
import { readSafetensors } from "../../io/safetensors/read.ts";
import { writeSafetensors } from "../../io/safetensors/write.ts";
import { readStateDict } from "../../io/stateDict/readStateDict.ts";
import { writeTorch } from "../../io/torch/write.ts";
import type { TensorKind } from "./endings.ts";
import type { Request } from "./request.ts";
import type { Source, Tensors } from "./source.ts";

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
