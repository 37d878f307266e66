import { OptionTypeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import { noGrad } from "../graph/mode.ts";
import { Tensor } from "../graph/tensor.ts";
import { Module } from "./module.ts";

/** What can be compiled or streamed: a module, or a function of tensors. */
export type Network = Module | ((...inputs: Tensor[]) => Tensor);

/** The result of a network for `inputs`, called in evaluation mode and without gradients; `op` names the caller in errors. */
export function trace(op: string, net: Network, inputs: readonly Tensor[]): Tensor {
  const result = inEvaluation(net, () => forwardOf(op, net)(...inputs));
  if (result instanceof Tensor) return result.node();
  throw new OptionTypeError(`${op}: expected the network to return a tensor, got ${show(result)}`);
}

/** As `trace`, for a network of one or several results. */
export function traceAll(op: string, net: unknown, inputs: readonly Tensor[]): readonly Tensor[] {
  const result = inEvaluation(net, () => forwardOf(op, net)(...inputs));
  const results: readonly unknown[] = Array.isArray(result) ? result.flat(Number.POSITIVE_INFINITY) : [result];
  if (results.length > 0 && results.every((each) => each instanceof Tensor)) return results.map((each) => each.node());
  throw new OptionTypeError(`${op}: expected the network to return tensors, got ${show(result)}`);
}

function forwardOf(op: string, net: unknown): (...inputs: Tensor[]) => unknown {
  if (typeof net === "function") return net as (...inputs: Tensor[]) => unknown;
  if (net instanceof Module)
    return (...inputs) => (net.forward as (...given: Tensor[]) => unknown).call(net, ...inputs);
  throw new OptionTypeError(`${op}: expected a module or a function of tensors, got ${show(net)}`);
}

/** Runs `body` without gradients, and with the module as it is when not training. */
function inEvaluation<T>(net: unknown, body: () => T): T {
  const modules = net instanceof Module ? [...net.modules()] : [];
  const before = modules.map(({ training }) => training);
  if (net instanceof Module) net.eval();
  try {
    return noGrad(body);
  } finally {
    modules.forEach((module, i) => {
      module.training = before[i]!;
    });
  }
}
