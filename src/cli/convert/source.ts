/** What a file has for others: tensors under names, or a network. */
import { FormatError } from "../../core/errors.ts";
import { Tensor } from "../../graph/tensor.ts";
import { type Fail, failing } from "../../io/bytes/fail.ts";
import { readMindSpore } from "../../io/mindspore/mindspore.ts";
import { importNam } from "../../io/nam/importNam.ts";
import { readNpy } from "../../io/numpy/npy.ts";
import { readNpz } from "../../io/numpy/npz.ts";
import { decodeModel } from "../../io/onnx/proto/index.ts";
import { readSafetensors, readSafetensorsMetadata } from "../../io/safetensors/read.ts";
import { foreignKind } from "../../io/stateDict/foreign.ts";
import { belowPrefix, withoutWrappers } from "../../io/stateDict/prefixes.ts";
import { type FileKind, fileKind } from "../../io/stateDict/sniff.ts";
import { type Unwrapped, unwrap } from "../../io/stateDict/unwrap.ts";
import { foldedWeightNorm } from "../../io/stateDict/weightNorm.ts";
import { readTorch } from "../../io/torch/read.ts";
import type { TorchValue } from "../../io/torch/value.ts";
import { besideModel } from "../files/external.ts";
import { describe, tensorsWithin } from "../inspect/checkpoint.ts";
import { printable } from "../inspect/words.ts";

/** Tensors under their names. */
export type Tensors = ReadonlyMap<string, Tensor>;

export interface Source {
  readonly tensors: Tensors;
  /** Strings beside them. */
  readonly metadata: ReadonlyMap<string, string>;
  /** What has no place in a file of tensors, in words; `null` where there is nothing. */
  readonly leftOut: string | null;
}

interface Found extends Unwrapped, Partial<Omit<Source, "tensors">> {}

type Read = (bytes: Uint8Array, prefix: string, fail: Fail, path: string) => Found;

const reader = "convert";

const readers: Readonly<Record<Exclude<FileKind, "wav">, Read>> = {
  safetensors: (bytes, prefix) => {
    const metadata = new Map(Object.entries(readSafetensorsMetadata(bytes)));
    // MindSpore's own: its layers have other names and shapes, as in its checkpoints.
    if (metadata.get("format") === "ms") return { tensors: readMindSpore(bytes), prefix };
    return { tensors: readSafetensors(bytes), prefix, metadata };
  },
  torch: (bytes, prefix, fail) => {
    const value = readTorch(bytes);
    if (value instanceof Tensor) return { tensors: new Map([["tensor", value]]), prefix };
    const found = unwrap(value, prefix, fail);
    return { ...found, leftOut: besides(value, new Set(found.tensors.values())) };
  },
  mindspore: (bytes, prefix) => ({ tensors: readMindSpore(bytes), prefix }),
  npz: (bytes, prefix) => ({ tensors: readNpz(bytes), prefix }),
  // As numpy calls what has no name.
  npy: (bytes, prefix) => ({ tensors: new Map([["arr_0", readNpy(bytes)]]), prefix }),
  onnx: (bytes, prefix, _fail, path) => {
    const { graph } = decodeModel(bytes, { readExternal: besideModel(path) }, reader);
    return { tensors: graph.initializers, prefix, leftOut: "the graph that computes with them" };
  },
  nam: (bytes, prefix) => ({
    tensors: importNam(bytes).stateDict(),
    prefix,
    leftOut: "the architecture, and the scale of the head",
  }),
};

/**
 * The tensors of a file, under the names they have there. With `fold` as `readStateDict` gives them: without the prefixes of wrappers,
 * and with weight norm folded.
 */
export function readSource(
  bytes: Uint8Array,
  { source, prefix, fold }: { source: string; prefix: string; fold: boolean },
): Source {
  const fail = failing(reader);
  const kind = fileKind(bytes);
  if (kind === null) return fail(`the file is of no kind that is read here: ${foreignKind(bytes)}`);
  if (kind === "wav") return fail("the file is a recording, which has no tensors");
  const found = readers[kind](bytes, prefix, fail, source);
  if (found.tensors.size === 0) throw new FormatError("there are no tensors in the file");
  const named = found.prefix
    ? belowPrefix(found.tensors, found.prefix, fail, found.passedOver)
    : fold
      ? withoutWrappers(found.tensors)
      : found.tensors;
  const tensors = fold ? foldedWeightNorm(named) : named;
  return { tensors, metadata: found.metadata ?? new Map(), leftOut: found.leftOut ?? null };
}

const MOST = 8;

/** What a checkpoint has beside the tensors that are taken out of it. */
function besides(value: TorchValue, taken: ReadonlySet<Tensor>): string | null {
  if (!(value instanceof Map)) return null;
  const others = Array.from(value).filter(([, each]) =>
    each instanceof Tensor ? !taken.has(each) : !tensorsWithin(each).some(([, tensor]) => taken.has(tensor)),
  );
  if (others.length === 0) return null;
  const words = others
    .slice(0, MOST)
    .map(([key, each]) => `${printable(typeof key === "string" ? key : describe(key))} (${describe(each)})`);
  return `${words.join(", ")}${others.length > MOST ? `, and ${others.length - MOST} more` : ""}`;
}
