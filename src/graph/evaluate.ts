import type { TypedArray } from "../core/dtype.ts";
import { GraphError } from "../core/errors.ts";
import { getBackend } from "./backend.ts";
import type { Tensor } from "./tensor.ts";

/** Nodes that some module or `backward()` wants computed with whatever is computed next, so that shared work is done once. */
const waiting = new Set<Tensor>();

/** Whole graphs that are not differentiated again once the waiting nodes are computed. */
const finished = new Set<Tensor>();

/** Has `nodes` computed together with the next evaluation, whatever asks for it. */
export function evaluateAlong(nodes: Iterable<Tensor>): void {
  for (const node of nodes) if (node.value === null) waiting.add(node);
}

/** Lets go of the graph behind `root` after the next evaluation: `backward()` is through with it. */
export function releaseAfterEvaluation(root: Tensor): void {
  finished.add(root);
}

/** Whether `backward()` is through with the graph behind `root`. */
export const isReleased = (root: Tensor): boolean =>
  finished.has(root) || (root.tracked && root.requiresGrad && root.owner === root && root.op === null);

export async function evaluate(targets: readonly Tensor[]): Promise<void> {
  const work = collect(targets);
  if (work) store(work, await getBackend().run(work.order, work.outputs));
}

/** As `evaluate`, at once; only on backends that compute synchronously. */
export function evaluateSync(targets: readonly Tensor[]): void {
  if (targets.every((target) => target.value !== null)) return;
  const backend = getBackend();
  if (!backend.synchronous)
    throw new GraphError(`backend ${backend.name} computes asynchronously; use "await x.data()" instead`);
  const work = collect(targets);
  if (work) store(work, backend.run(work.order, work.outputs) as TypedArray[]);
}

interface Work {
  readonly order: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly released: readonly Tensor[];
}

/** What has to be computed for `targets` and all that waits; `null` if the targets have their values. */
function collect(targets: readonly Tensor[]): Work | null {
  if (targets.every((target) => target.value !== null)) return null;
  const roots = new Set([...targets, ...waiting]);
  const order = topologicalOrder([...roots], (node) => node.value === null);
  if (order.some((node) => node.value === null && node.op === null))
    throw new GraphError(
      "the input of a network that is being compiled has no numbers; only the compiled one gets them",
    );
  const released = [...finished];
  waiting.clear();
  finished.clear();
  // A result read before backward() keeps what its gradients will need, as PyTorch keeps activations. Where backward() has been
  // called, the gradients are part of this very evaluation, and nothing is kept.
  const done = new Set(topologicalOrder(released, (node) => node.requiresGrad));
  const outputs = order.filter(
    (node) => node.value === null && (roots.has(node) || (node.requiresGrad && !done.has(node))),
  );
  return { order, outputs, released };
}

function store({ outputs, released }: Work, values: readonly TypedArray[]): void {
  outputs.forEach((node, i) => {
    node.value = values[i]!;
    if (!node.requiresGrad || node.owner !== node) becomeLeaf(node);
  });
  released.forEach(becomeLeaf);
}

/** A node with a value that nobody differentiates needs its history no more; keeping it would keep every input alive. */
function becomeLeaf(node: Tensor): void {
  node.op = null;
  node.inputs = [];
  node.composed = null;
}

/** Every node that `roots` need, inputs first. `descend` says whether a node's inputs are needed. Iterative: graphs are deep. */
export function topologicalOrder(roots: readonly Tensor[], descend: (node: Tensor) => boolean): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack: { node: Tensor; next: number }[] = [];
  for (const root of roots) {
    if (!seen.has(root)) stack.push({ node: root, next: 0 });
    seen.add(root);
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const inputs = descend(top.node) ? top.node.inputs : [];
      if (top.next === inputs.length) {
        order.push(top.node);
        stack.pop();
        continue;
      }
      const input = inputs[top.next++]!;
      if (seen.has(input)) continue;
      seen.add(input);
      stack.push({ node: input, next: 0 });
    }
  }
  return order;
}
