import type { DType, TypedArray } from "../core/dtype.ts";
import { StreamError } from "../core/errors.ts";
import { makeLeaf } from "../graph/tensor.ts";
import type { StreamNetwork } from "./network.ts";

/**
 * A network ready to be streamed, weights included, as plain data that `postMessage` carries: to a worker, or to the audio thread as the
 * `processorOptions` of a node.
 */
export interface PortableNetwork {
  readonly kind: "atrous network";
  readonly version: 1;
  readonly network: Omit<StreamNetwork, "fixed">;
  readonly fixed: readonly { readonly shape: readonly number[]; readonly dtype: DType; readonly numbers: TypedArray }[];
}

export const isPortable = (value: unknown): value is PortableNetwork =>
  typeof value === "object" && value !== null && (value as PortableNetwork).kind === "atrous network";

export function toPortable({ fixed, ...network }: StreamNetwork): PortableNetwork {
  return {
    kind: "atrous network",
    version: 1,
    network,
    fixed: fixed.map(({ shape, dtype, value }) => ({ shape, dtype, numbers: value! })),
  };
}

const revived = new WeakMap<PortableNetwork, StreamNetwork>();

/** The network again. Streams of one portable network share its weights. */
export function revive(portable: PortableNetwork): StreamNetwork {
  if (portable.version !== 1) throw new StreamError(`stream: a network of version ${portable.version}; this is 1`);
  let network = revived.get(portable);
  if (!network) {
    const fixed = portable.fixed.map(({ shape, dtype, numbers }) => makeLeaf(numbers, shape, dtype));
    network = { ...portable.network, fixed };
    revived.set(portable, network);
  }
  return network;
}
