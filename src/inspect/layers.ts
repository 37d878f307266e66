import type { Shape } from "../core/shape.ts";
import { topologicalOrder } from "../graph/evaluate.ts";
import { Tensor } from "../graph/tensor.ts";
import { type AnyModule, Module } from "../nn/module.ts";
import { type InputShapes, shapesOf } from "../nn/shapes.ts";
import { type Network, traceAll } from "../nn/trace.ts";
import { multiplyAdds } from "./multiplyAdds.ts";

/** A part of a network: a module that has parameters of its own, or an operation that has none. */
export interface Layer {
  /** Under which name the network has it; "" where the name is the network's own, or there is none. */
  readonly name: string;
  /** The module's class, or the function's name. */
  readonly operator: string;
  /** Numbers that are trained, counted where they first occur. */
  readonly parameters: number;
  /** Of what it makes, the last time it is used. */
  readonly shape: Shape;
  readonly multiplyAdds: number;
}

/**
 * What a network computes for inputs of one shape, layer by layer, in the order of computation: what has parameters, and what multiplies
 * or changes the length without any, such as a pooling. Results of a module with parameters, all of them, count for that module.
 *
 * `shape` is that of the input, or a list of the shapes of several, as for `compile`.
 *
 * @throws whatever the network throws for that shape
 */
export function layers(net: Network | AnyModule, shape: InputShapes): readonly Layer[] {
  const inputs = shapesOf("layers", shape).map((each) => new Tensor({ shape: each, dtype: "float32" }));
  const order = topologicalOrder(traceAll("layers", net, inputs), (node) => node.value === null);
  const owners = ownersOf(net);
  const functions = functionsOf(order);
  /** What depends on the inputs; the rest is constant, such as the weight that a weight norm makes. */
  const signals = new Set<Tensor>(inputs);
  const found = new Map<Owner | Tensor, Layer>();
  for (const node of order) {
    if (!node.inputs.some((input) => signals.has(input))) continue;
    signals.add(node);
    const constants = node.inputs.filter((input) => !signals.has(input));
    const owner = topologicalOrder(constants, () => true).flatMap((leaf) => owners.get(leaf.owner) ?? [])[0];
    const whole = functions.get(node) ?? node;
    const cost = multiplyAdds(node);
    if (!owner && cost === 0 && !changesLength(whole)) continue;
    const key = owner ?? whole;
    found.set(key, {
      name: owner?.name ?? "",
      operator: owner?.operator ?? wordFor(whole),
      parameters: owner?.parameters ?? 0,
      shape: owner ? node.shape : whole.shape,
      multiplyAdds: (found.get(key)?.multiplyAdds ?? 0) + cost,
    });
  }
  return [...found.values()];
}

interface Owner {
  readonly name: string;
  readonly operator: string;
  parameters: number;
}

/** The modules by the tensors that they own; parameters and statistics. What parametrizations hold is their module's. */
function ownersOf(net: Network | AnyModule): ReadonlyMap<Tensor, Owner> {
  const owners = new Map<Tensor, Owner>();
  const byName = new Map<string, Owner>();
  if (!(net instanceof Module)) return owners;
  for (const [path, module] of (net as AnyModule).namedModules()) {
    const name = path.replace(/(^|\.)parametrizations(\..*)?$/, "");
    const owner = byName.get(name) ?? { name, operator: module.constructor.name, parameters: 0 };
    byName.set(name, owner);
    for (const [, parameter] of module.ownParameters()) {
      if (owners.has(parameter)) continue;
      owner.parameters += parameter.size;
      owners.set(parameter, owner);
    }
    for (const buffer of module.ownBuffers().values()) owners.set(buffer, owner);
  }
  return owners;
}

/** The function that each node is a part of: the result of the outermost that is known by a name. */
function functionsOf(order: readonly Tensor[]): ReadonlyMap<Tensor, Tensor> {
  const functions = new Map<Tensor, Tensor>();
  for (const root of order.toReversed()) {
    if (!root.composed || functions.has(root)) continue;
    const stack = [root];
    for (let node = stack.pop(); node; node = stack.pop()) {
      if (functions.has(node) || root.composed.inputs.includes(node)) continue;
      functions.set(node, root);
      stack.push(...node.inputs);
    }
  }
  return functions;
}

function changesLength({ inputs, shape, composed, op }: Tensor): boolean {
  if (op?.name === "reshape" || op?.name === "permute") return false;
  const [input] = composed?.inputs ?? inputs;
  return input !== undefined && input.rank === shape.length && input.shape.at(-1) !== shape.at(-1);
}

function wordFor({ composed, op, attributes }: Tensor): string {
  if (composed) return composed.name;
  if (op?.name === "conv1dInput") return "convTranspose1d";
  if (op?.name !== "gather") return op?.name ?? "";
  return (attributes as { readonly meaning: { readonly kind: string } }).meaning.kind;
}
