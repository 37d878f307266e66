import type { OnnxNode } from "../proto/index.ts";

/**
 * Nodes in which no sequence of tensors is left that is only made to be picked from: each `SequenceAt` reads what `SplitToSequence`
 * read, with its attributes, and the position as a third input. torch.onnx with dynamo writes `x.split(…)` so where it does not
 * optimise.
 */
export function withoutSequences(nodes: readonly OnnxNode[]): OnnxNode[] {
  const splits = new Map(
    nodes.filter(({ opType }) => opType === "SplitToSequence").map((node) => [node.outputs[0], node]),
  );
  return nodes.map((node) => {
    const split = node.opType === "SequenceAt" ? splits.get(node.inputs[0]!) : undefined;
    if (!split) return node;
    const [x = "", lengths = ""] = split.inputs;
    return { ...node, inputs: [x, lengths, node.inputs[1] ?? ""], attributes: split.attributes };
  });
}
