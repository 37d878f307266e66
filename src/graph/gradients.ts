import { GraphError } from "../core/errors.ts";
import { topologicalOrder } from "./evaluate.ts";
import type { Op } from "./op.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Reverse-mode differentiation, graph → graph: the gradients of `root` weighed by `seed`, for every node of `wrt` it depends on.
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
  const order = topologicalOrder([root], (node) => node.tracked && !isParameterValue(node));
  const leads = new Set<Tensor>();
  for (const node of order)
    if (wrt.has(node) || (node.tracked && node.inputs.some((input) => leads.has(input)))) leads.add(node);

  const arrived = new Map<Tensor, Tensor>();
  if (leads.has(root)) arrived.set(root, seed);
  for (const node of order.reverse()) {
    const g = arrived.get(node);
    if (!g || !node.tracked || isParameterValue(node) || !node.inputs.some((input) => leads.has(input))) continue;
    const op = node.op as unknown as Op<unknown>;
    const gradients = op.gradient!(node, g, node.attributes);
    node.inputs.forEach((input, i) => {
      const gradient = gradients[i];
      if (!gradient || !leads.has(input)) return;
      const sum = arrived.get(input);
      arrived.set(input, sum ? add(sum, gradient) : gradient);
    });
  }
  return new Map([...arrived].filter(([node]) => wrt.has(node)));
}

/** The node behind a `Parameter` ends a graph even if its value came from an expression. */
const isParameterValue = (node: Tensor): boolean => node.owner !== node;

/** The leaves that `backward()` fills: those that require grad and were not made by a tracked operation. */
export function gradientLeaves(root: Tensor): Set<Tensor> {
  const order = topologicalOrder([root], (node) => node.tracked && node.requiresGrad && !isParameterValue(node));
  return new Set(order.filter((node) => node.requiresGrad && (isParameterValue(node) || !node.tracked)));
}

export function checkDifferentiable(op: string, root: Tensor): void {
  if (!root.requiresGrad && !root.tracked)
    throw new GraphError(
      `${op}: nothing to differentiate: the tensor was made from data, under noGrad, or its graph was released by an earlier backward(); keep it with backward({ retainGraph: true })`,
    );
}
