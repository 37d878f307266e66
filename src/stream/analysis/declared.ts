import { show } from "../../core/options.ts";
import type { Network } from "../../nn/trace.ts";

/** What networks from files say about an input: lengths that are left open have names. */
interface Port {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}

/** Of a network that says so: the one length of signal that it takes, or that it takes no single signal, in words. */
export function declaredLimit(net: Network): { readonly length: number | null; readonly reason: string } | null {
  const port = portOf(net);
  if (port?.shape.length !== 3) return null;
  const [batch, , length] = port.shape;
  const what = `input ${show(port.name)} of the network has shape [${port.shape.join(", ")}]`;
  if (typeof batch === "number" && batch !== 1)
    return { length: null, reason: `${what}, so it takes ${batch} signals at once, and a stream is one` };
  if (typeof length !== "number") return null;
  return { length, reason: `${what}, so it takes signals of ${length} samples and of no other length` };
}

function portOf(net: Network): Port | null {
  const { inputs } = net as { inputs?: unknown };
  if (!Array.isArray(inputs)) return null;
  const port = inputs[0] as Partial<Port> | undefined;
  return Array.isArray(port?.shape) && typeof port.name === "string" ? (port as Port) : null;
}
