import { StreamError } from "../core/errors.ts";
import type { Network } from "../nn/trace.ts";
import { type PortableNetwork, toPortable } from "./portable.ts";
import { prepare, type StreamOptions } from "./prepare.ts";

/**
 * A network as plain data: what `stream` and `realtime` take in its place, also in another thread, where the network itself cannot go.
 *
 * ```ts
 * worker.postMessage(portable(net, { channels: 1 })); // there: stream(message.data)
 * ```
 *
 * @throws StreamError for a network that cannot be streamed, or gives its result at the end
 */
export function portable(
  net: Network,
  options: Pick<StreamOptions, "channels" | "lengthModulo"> = {},
): PortableNetwork {
  const { network } = prepare("portable", net, options, ["channels", "lengthModulo"]);
  if (network.output.tape < 0)
    throw new StreamError("portable: the network gives its result when the signal is over, from the network itself");
  return toPortable(network);
}
