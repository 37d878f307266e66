import { AtrousError } from "atrous";
import { stream } from "atrous/stream";
import fc from "fast-check";
import { expectSameBits, inBlocks, type Net, signalOf, whole } from "./blocks.ts";
import { build, moves, type RandomNetwork } from "./randomNetwork.ts";

/** Lengths of blocks: also 0, 1, primes, and more than the signal. */
const blocks = fc.oneof(
  fc.array(fc.oneof(fc.constantFrom(0, 1, 2, 3, 5, 7, 13, 31, 61), fc.nat({ max: 90 })), {
    minLength: 1,
    maxLength: 40,
  }),
  fc.nat({ max: 12 }).map((length) => new Array<number>(160).fill(length)),
);

export interface PropertyOptions {
  readonly networks: number;
  readonly splits: number;
  /** What is streamed instead of a network that takes signals of `length` and more. */
  readonly through?: (network: RandomNetwork, length: number) => Net;
}

/**
 * Random networks, each fed a random signal in several splits: every one has to give the bits of the whole, with `ready(n)` samples after n.
 * Returns how many runs there were; none is left out.
 */
export function checkRandomNetworks({ networks, splits, through }: PropertyOptions): number {
  let runs = 0;
  fc.assert(
    fc.property(
      moves,
      fc.nat({ max: 1e6 }),
      fc.nat({ max: 40 }),
      fc.oneof(fc.constant(undefined), fc.integer({ min: 1, max: 40 })),
      fc.array(blocks, { minLength: splits, maxLength: splits }),
      (plan, weights, extra, maxBlock, ways) => {
        const network = build(plan, weights);
        const shortest = shortestLength(network);
        const net = through ? through(network, shortest) : network.net;
        const length = shortest + extra;
        const signal = signalOf(network.channels, length);
        const wanted = whole(net, signal);
        const live = stream(net, { channels: network.channels, ...(maxBlock && { maxBlock }) });
        for (const way of [...ways, [length]]) {
          live.reset();
          expectSameBits(inBlocks(live, signal, way), wanted, `${length} samples in blocks of ${way}`);
          runs++;
        }
      },
    ),
    { numRuns: networks },
  );
  return runs;
}

/** A length from which on the network takes signals. */
function shortestLength({ channels, net }: RandomNetwork): number {
  for (let length = 16; ; length += 16) {
    try {
      whole(net, signalOf(channels, length));
      return length;
    } catch (error) {
      if (!(error instanceof AtrousError) || length > 4000) throw error;
    }
  }
}
