import { GraphError } from "../core/errors.ts";
import { isReleased, topologicalOrder } from "./evaluate.ts";
import type { Op } from "./op.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Reverse-mode differentiation, graph → graph: the gradients of `root` weighed by `seed`, for every tensor of `wrt` that it
 * depends on. A parameter may be in the graph with several of its values; it gets the sum.
 *
 * The chain rule needs one operation of its own, the sum of what arrives along several paths; `add` is handed in because this
 * room knows no operation by name.
 */
export function differentiate(
  root: Tensor,
  seed: Tensor,
  wrt: ReadonlySet<Tensor>,
  add: (a: Tensor, b: Tensor) => Tensor,
): Map<Tensor, Tensor> {
  const order = topologicalOrder([root], passesOn);
  const leads = new Set<Tensor>();
  for (const node of order)
    if (wrt.has(node.owner) || (passesOn(node) && node.inputs.some((input) => leads.has(input)))) leads.add(node);

  const arrived = new Map<Tensor, Tensor>();
  const collect = (into: Map<Tensor, Tensor>, key: Tensor, gradient: Tensor): void => {
    const sum = into.get(key);
    into.set(key, sum ? add(sum, gradient) : gradient);
  };
  if (leads.has(root)) arrived.set(root, seed);
  const found = new Map<Tensor, Tensor>();
  for (const node of order.reverse()) {
    const g = arrived.get(node);
    if (!g) continue;
    if (wrt.has(node.owner)) collect(found, node.owner, g);
    if (!passesOn(node) || !node.inputs.some((input) => leads.has(input))) continue;
    const gradients = (node.op as unknown as Op<unknown>).gradient!(node, g, node.attributes);
    node.inputs.forEach((input, i) => {
      const gradient = gradients[i];
      if (gradient && leads.has(input)) collect(arrived, input, gradient);
    });
  }
  return found;
}

/** Whether gradients flow through a node to its inputs. The value of a parameter ends a graph, even one that was computed. */
const passesOn = (node: Tensor): boolean => node.tracked && node.owner === node;

/** The tensors that `backward()` fills: those that require grad and were not made by an operation. */
export function gradientLeaves(root: Tensor): Set<Tensor> {
  const order = topologicalOrder([root], (node) => passesOn(node) && node.requiresGrad);
  return new Set(order.filter((node) => node.requiresGrad && !passesOn(node)).map((node) => node.owner));
}

/** @throws GraphError when an earlier `backward()` has let go of a part of the graph behind `root` */
export function checkNotReleased(op: string, root: Tensor): void {
  for (const node of topologicalOrder([root], passesOn))
    if (isReleased(node))
      throw new GraphError(
        `${op}: an earlier backward() has let go of this graph; keep it with backward({ retainGraph: true })`,
      );
}
