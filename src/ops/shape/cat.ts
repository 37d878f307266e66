import { DTypeError, OptionError, ShapeError } from "../../core/errors.ts";
import { resolveAxis, showShape, splitAt } from "../../core/shape.ts";
import type { Op } from "../../graph/op.ts";
import { makeNode, type Tensor } from "../../graph/tensor.ts";
import { checkTensor } from "../elementwise/operand.ts";
import { unsqueeze } from "./reshape.ts";
import { split } from "./slice.ts";

const op: Op<{ axis: number }> = {
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
  if (!Array.isArray(tensors) || tensors.length === 0)
    throw new OptionError("cat: expected a non-empty array of tensors");
  for (const x of tensors) checkTensor("cat", x);
  const first: Tensor = tensors[0];
  const at = resolveAxis("cat", axis, first.rank);
  for (const x of tensors as readonly Tensor[]) {
    if (x.dtype !== first.dtype) throw new DTypeError(`cat: ${first.dtype} and ${x.dtype} do not mix`);
    if (x.rank !== first.rank || x.shape.some((length, i) => i !== at && length !== first.shape[i]))
      throw new ShapeError(
        `cat: shapes ${tensors.map((t) => showShape(t.shape)).join(", ")} differ on another axis than ${at}`,
      );
  }
  const total = tensors.reduce((length, x) => length + x.shape[at]!, 0);
  return tensors.length === 1 ? first : makeNode(op, tensors, { axis: at }, first.shape.with(at, total), first.dtype);
}

/** Tensors of one shape side by side along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  if (!Array.isArray(tensors)) throw new OptionError("stack: expected a non-empty array of tensors");
  return cat(
    tensors.map((x) => unsqueeze(x, axis)),
    axis,
  );
}
