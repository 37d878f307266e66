import { DTypeError, OptionError, ShapeError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";
import { resolveAxis, sameShape, showShape, splitAt } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkTensor } from "../elementwise/operand.ts";
import { unsqueeze } from "./reshape.ts";
import { split } from "./slice.ts";

export const catOp: Op<{ axis: number }> = {
  name: "cat",
  lower: ({ inputs, shape }, { axis }) => {
    const { outer, inner } = splitAt(shape, axis);
    return { kernel: "concat", attributes: { outer, lengths: inputs.map((x) => x.shape[axis]!), inner } };
  },
  gradient: (node, g, { axis }) =>
    split(
      g,
      node.inputs.map((x) => x.shape[axis]!),
      axis,
    ),
};

/** Tensors one after the other along `axis`; all other lengths must agree. */
export function cat(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = checkTensors("cat", tensors);
  const at = resolveAxis("cat", axis, first.rank);
  for (const x of tensors) {
    if (x.rank !== first.rank || x.shape.some((length, i) => i !== at && length !== first.shape[i]))
      throw new ShapeError(
        `cat: shapes ${tensors.map((t) => showShape(t.shape)).join(", ")} differ on another axis than ${at}`,
      );
  }
  return joined(tensors, at);
}

/** A function of WebAssembly has at most 1000 parameters, and the kernel takes every array as one. */
const MOST_AT_ONCE = 256;

function joined(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors as [Tensor];
  if (tensors.length === 1) return first;
  if (tensors.length > MOST_AT_ONCE) {
    const groups = Array.from({ length: Math.ceil(tensors.length / MOST_AT_ONCE) }, (_, i) =>
      joined(tensors.slice(i * MOST_AT_ONCE, (i + 1) * MOST_AT_ONCE), axis),
    );
    return joined(groups, axis);
  }
  const total = tensors.reduce((length, x) => length + x.shape[axis]!, 0);
  return makeNode(catOp, tensors, { axis }, first.shape.with(axis, total), first.dtype);
}

/** Tensors of one shape side by side along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = checkTensors("stack", tensors);
  const at = resolveAxis("stack", axis, first.rank + 1);
  if (tensors.some((x) => !sameShape(x.shape, first.shape)))
    throw new ShapeError(`stack: shapes ${tensors.map((x) => showShape(x.shape)).join(", ")} differ`);
  return cat(
    tensors.map((x) => unsqueeze(x, at)),
    at,
  );
}

/** Tensors of one element type, of which the first is returned. */
function checkTensors(op: string, tensors: readonly Tensor[]): Tensor {
  if (!Array.isArray(tensors) || tensors.length === 0)
    throw new OptionError(`${op}: expected a non-empty array of tensors, got ${show(tensors)}`);
  for (const x of tensors) {
    checkTensor(op, x);
    if (x.dtype !== tensors[0].dtype) throw new DTypeError(`${op}: ${tensors[0].dtype} and ${x.dtype} do not mix`);
  }
  return tensors[0];
}
