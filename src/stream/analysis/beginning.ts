import { sameShape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { full } from "../../ops/create.ts";
import { where } from "../../ops/elementwise/where.ts";
import type { IndexMap } from "../../ops/shape/gather.ts";
import { pad } from "../../ops/shape/pad.ts";

/**
 * The first samples of one signal, and then another one: as a choice between the two, moment by moment, with the other padded to begin later.
 * That is how pre-emphasis is written, x₀, x₁ − αx₀, x₂ − αx₁, … `null` for what is put together in other ways.
 */
export function begunWith(nodes: readonly Tensor[]): Tensor[] | null {
  const counts = nodes.map((node) => {
    const [beginning, rest, ...others] = node.inputs;
    const isJoined = node.op?.name === "cat" && (node.attributes as { axis: number }).axis === node.rank - 1;
    return isJoined && rest && others.length === 0 ? beginning!.shape.at(-1)! : 0;
  });
  const [count] = counts as [number];
  if (count === 0 || counts.some((other) => other !== count)) return null;
  const sources = nodes.map((node) => beginningOf(node.inputs[0]!, node));
  if (!sources.every((source) => source !== null)) return null;
  return nodes.map(({ inputs: [, rest], rank }, i) => {
    const none = full([...new Array<number>(rank - 1).fill(1), rest!.shape.at(-1)!], 0);
    return where(pad(none, [count, 0], { value: 1 }), sources[i]!, pad(rest!, [count, 0]));
  });
}

/** Of what signal in the shape of `whole` these are the first samples. */
function beginningOf(samples: Tensor, whole: Tensor): Tensor | null {
  let inner = samples;
  while (inner.op?.name === "reshape") inner = inner.inputs[0]!;
  if (inner.op?.name !== "gather") return null;
  const [source] = inner.inputs as [Tensor];
  const { axis, index } = inner.attributes as IndexMap;
  const isStart = axis === whole.rank - 1 && index.every((at, i) => at === i);
  return isStart && sameShape(source.shape, whole.shape) && source.dtype === "float32" ? source : null;
}
