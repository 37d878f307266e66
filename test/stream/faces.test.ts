import { nn } from "atrous";
import { over, transformStream } from "atrous/stream";
import { test } from "vitest";
import { expectSameBits, joined, signalOf, whole } from "./blocks.ts";

const net = new nn.Sequential(new nn.Conv1d(1, 2, 5, { padding: 2, stride: 2 }), new nn.Tanh());
const signal = signalOf(1, 50);
const blocks = [0, 7, 1, 20, 22].map((length, i, all) => {
  const from = all.slice(0, i).reduce((a, b) => a + b, 0);
  return [signal[0]!.slice(from, from + length)];
});

test("a TransformStream gives the whole", async () => {
  const source = new ReadableStream<Float32Array[]>({
    start: (controller) => {
      for (const block of blocks) controller.enqueue(block);
      controller.close();
    },
  });
  const parts: Float32Array[][] = [];
  for await (const part of source.pipeThrough(transformStream(net)) as unknown as AsyncIterable<Float32Array[]>)
    parts.push(part);
  expectSameBits(joined(parts), whole(net, signal), "transformed");
});

test("over an iterable", async () => {
  const parts: Float32Array[][] = [];
  for await (const part of over(net, blocks)) parts.push(part);
  expectSameBits(joined(parts), whole(net, signal), "iterated");
});
