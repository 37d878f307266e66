import { show } from "../../core/options.ts";
import { declaredPorts } from "../../nn/declaredPorts.ts";
import type { Network } from "../../nn/trace.ts";

/** Of a network that says so: the one length of signal that it takes, or that it takes no single signal, in words. */
export function declaredLimit(net: Network): { readonly length: number | null; readonly reason: string } | null {
  const [input] = declaredPorts(net, "inputs") ?? [];
  if (input?.shape?.length !== 3) return null;
  const [batch, , length] = input.shape;
  const what = `input ${show(input.name)} of the network has shape [${input.shape.join(", ")}]`;
  if (typeof batch === "number" && batch !== 1)
    return { length: null, reason: `${what}, so it takes ${batch} signals at once, and a stream is one` };
  if (typeof length !== "number") return null;
  return { length, reason: `${what}, so it takes signals of ${length} samples and of no other length` };
}
