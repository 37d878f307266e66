/** Files that hold tensors under names. */
import { FormatError } from "../../core/errors.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { readMindSpore } from "../../io/mindspore/mindspore.ts";
import { readNpy } from "../../io/numpy/npy.ts";
import { readNpz } from "../../io/numpy/npz.ts";
import { readSafetensors, readSafetensorsMetadata } from "../../io/safetensors/read.ts";
import { readTorch } from "../../io/torch/read.ts";
import { plainTree, tensorsWithin, treeLines } from "./checkpoint.ts";
import type { Inspect, Inspection } from "./inspection.ts";
import { describeMetadata } from "./metadata.ts";
import { listTensors, tensorLines } from "./tensors.ts";
import { printable } from "./words.ts";

type Named = Iterable<readonly [string, Tensor]>;

function inspected(
  named: Named,
  prefix: string,
  { above = [], ...data }: { above?: readonly string[] } & Readonly<Record<string, unknown>> = {},
): Inspection {
  const all = Array.from(named);
  const wanted = all.filter(([name]) => name.startsWith(prefix));
  if (wanted.length === 0 && all.length > 0)
    throw new FormatError(
      `no name begins with ${JSON.stringify(prefix)}; the first is ${JSON.stringify(printable(all[0]![0]))}`,
    );
  const list = listTensors(wanted);
  return {
    data: { ...data, ...list },
    lines: (width) => [...above, ...(above.length > 0 ? [""] : []), ...tensorLines(list, width)],
  };
}

const flat =
  (read: (bytes: Uint8Array) => Named): Inspect =>
  (bytes, { prefix }) =>
    inspected(read(bytes), prefix);

const safetensors: Inspect = (bytes, { prefix }) => {
  const metadata = new Map(Object.entries(readSafetensorsMetadata(bytes)));
  return inspected(readSafetensors(bytes), prefix, { above: describeMetadata(metadata), metadata });
};

const torch: Inspect = (bytes, { prefix }) => {
  const value = readTorch(bytes);
  const tree = treeLines(value);
  return inspected(tensorsWithin(value), prefix, {
    above: tree,
    ...(tree.length > 0 && { contents: plainTree(value) }),
  });
};

export const stateDicts = {
  safetensors,
  torch,
  mindspore: flat(readMindSpore),
  npz: flat(readNpz),
  npy: flat((bytes) => [["array", readNpy(bytes)]]),
} satisfies Readonly<Record<string, Inspect>>;
