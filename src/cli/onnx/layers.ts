import { topologicalOrder } from "../../graph/evaluate.ts";
import { noGrad } from "../../graph/mode.ts";
import { Tensor } from "../../graph/tensor.ts";
import type { Layer } from "../../inspect/layers.ts";
import { multiplyAdds } from "../../inspect/multiplyAdds.ts";
import type { OnnxNode } from "../../io/onnx/proto/index.ts";
import { type AnyOnnxModel, inputsFor } from "./shapes.ts";

/** As `layers`, of a network from an ONNX file, whose nodes have names: those with weights, and those that multiply or change the length. */
export function onnxLayers(net: AnyOnnxModel, shapes: readonly (readonly number[])[]): Layer[] {
  const sizes = new Map(Array.from(net.namedParameters(), ([name, { size }]) => [name, size]));
  const signals = new Map<string, Tensor>();
  const inputs = inputsFor(net, shapes);
  net.inputs.forEach(({ name }, i) => {
    signals.set(name, inputs[i]!);
  });
  const seen = new Set<Tensor>(inputs);
  const layers: Layer[] = [];
  const watch = (node: OnnxNode, results: readonly unknown[]): void => {
    const tensors = results.filter((result) => result instanceof Tensor);
    const made = topologicalOrder(tensors, (tensor) => !seen.has(tensor)).filter((tensor) => !seen.has(tensor));
    for (const tensor of made) seen.add(tensor);
    const [result] = tensors;
    const source = node.inputs.map((name) => signals.get(name)).find((each) => each !== undefined);
    node.outputs.forEach((name, i) => {
      const made = results[i];
      if (made instanceof Tensor) signals.set(name, made);
    });
    if (!result || !source) return;
    const cost = made.reduce((sum, tensor) => sum + multiplyAdds(tensor), 0);
    let parameters = 0;
    for (const name of node.inputs) {
      parameters += sizes.get(name) ?? 0;
      sizes.delete(name); // counted where it first occurs
    }
    const lengthens = source.rank === result.rank && source.shape.at(-1) !== result.shape.at(-1);
    if (parameters === 0 && cost === 0 && !(lengthens && node.opType !== "Transpose")) return;
    const name = node.name || (node.outputs[0] ?? "");
    layers.push({ name, operator: node.opType, parameters, shape: result.shape, multiplyAdds: cost });
  };
  net.eval();
  noGrad(() => net.build(inputs, { entries: Number.POSITIVE_INFINITY }, watch));
  return layers;
}
