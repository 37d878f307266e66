import { stream } from "atrous/stream";
import { describe, test } from "vitest";
import { networks } from "../networks/index.ts";
import { expectSameBits, inBlocks, signalOf, whole } from "./blocks.ts";

describe.each(networks)("$name streams with the bits of the whole signal", ({ name, make, channels, lengths }) => {
  const net = make();
  test.each(lengths)("%i samples", (length) => {
    // Its crops are centred, so where they start depends on the length.
    const live = stream(net, { channels, ...(name.startsWith("Wave-U-Net") && { lengthModulo: length }) });
    const signal = signalOf(channels, length);
    const wanted = whole(net, signal);
    expectSameBits(inBlocks(live, signal, [length]), wanted, "at once");
    live.reset();
    const lengthsOfBlocks = [0, 1, 7, 64, 0, 13, 3, 128, 29];
    expectSameBits(inBlocks(live, signal, repeat(lengthsOfBlocks)), wanted, "in blocks");
  });
});

function* repeat(lengths: readonly number[]): Generator<number> {
  for (;;) yield* lengths;
}
