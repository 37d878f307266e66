import { F, nn } from "atrous";
import { type Shard, shards, stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { networks } from "../networks/index.ts";
import { expectSameBits, inBlocks, type Net, signalOf, whole } from "./blocks.ts";

/** Every part computed by itself, put together. */
function sharded(
  net: Net,
  signal: readonly Float32Array[],
  parts: readonly Shard[],
  compute: (part: Float32Array[]) => Float32Array[],
): Float32Array[] {
  const total = parts.at(-1)!.outEnd;
  const rows = whole(net, signal).length;
  const output = Array.from({ length: rows }, () => new Float32Array(total));
  for (const { inStart, inEnd, outStart, outEnd, skip } of JSON.parse(JSON.stringify(parts)) as Shard[]) {
    const result = compute(signal.map((row) => row.slice(inStart, inEnd)));
    result.forEach((row, c) => {
      output[c]!.set(row.subarray(skip, skip + outEnd - outStart), outStart);
    });
  }
  return output;
}

const nets: [string, Net, number][] = [
  ["convolution", new nn.Conv1d(1, 2, 5, { padding: 2 }), 1],
  [
    "causal, dilated",
    new nn.Sequential(
      new nn.Conv1d(2, 4, 3, { padding: "causal", dilation: 5 }),
      new nn.Conv1d(4, 1, 3, { padding: "causal" }),
    ),
    2,
  ],
  [
    "down and up, with a skip",
    (x) =>
      F.convTranspose1d(F.conv1d(x, down, null, { stride: 3, padding: 1 }).tanh(), up, null, {
        stride: 3,
        padding: 1,
        outputLength: x.shape[2]!,
      }).add(x),
    1,
  ],
  [
    "reflect, replicate",
    new nn.Sequential(
      new nn.Conv1d(1, 3, 7, { padding: 3, paddingMode: "reflect", stride: 2 }),
      new nn.ConvTranspose1d(3, 1, 4, { stride: 2, padding: 1, paddingMode: "replicate" }),
    ),
    1,
  ],
  [
    "pools and resampling",
    new nn.Sequential(
      new nn.MaxPool1d(3, { stride: 2, padding: 1 }),
      new nn.Upsample({ scaleFactor: 3, mode: "linear" }),
      new nn.AvgPool1d(3, { padding: 1, countIncludePad: false }),
    ),
    1,
  ],
  ["valid", new nn.Conv1d(1, 1, 9), 1],
];
const down = new nn.Conv1d(1, 3, 4).weight.detach();
const up = new nn.Conv1d(1, 3, 4).weight.detach();

describe.each(nets)("%s", (_, net, channels) => {
  test.each([1, 2, 7])("%i shards give the bits of the whole, at once and streamed", (count) => {
    for (const length of [200, 211]) {
      const signal = signalOf(channels, length);
      const parts = shards(net, length, count, { channels });
      expect(parts).toHaveLength(count);
      expectSameBits(
        sharded(net, signal, parts, (part) => whole(net, part)),
        whole(net, signal),
        `${length} at once`,
      );
      const streamed = (part: Float32Array[]): Float32Array[] => inBlocks(stream(net, { channels }), part, [5, 17]);
      expectSameBits(sharded(net, signal, parts, streamed), whole(net, signal), `${length} streamed`);
    }
  });
});

test.each(networks.filter(({ name }) => /HiFi-GAN V1|TCN|DAC 44|RAVE/.test(name)))(
  "$name in 3 shards",
  ({ make, channels, lengths }) => {
    const net = make();
    const length = lengths.at(-1)!;
    const signal = signalOf(channels, length);
    expectSameBits(
      sharded(net, signal, shards(net, length, 3, { channels }), (part) => whole(net, part)),
      whole(net, signal),
      "shards",
    );
  },
);

test("shards overlap by what the network sees, and start on its grid", () => {
  const parts = shards(new nn.Conv1d(1, 1, 5, { padding: 2, stride: 2 }), 100, 2);
  expect(parts).toEqual([
    { inStart: 0, inEnd: 52, outStart: 0, outEnd: 25, skip: 0 },
    { inStart: 48, inEnd: 100, outStart: 25, outEnd: 50, skip: 1 },
  ]);
});

test("there are never more shards than results, and a recurrence has none", () => {
  expect(shards(new nn.Conv1d(1, 1, 4, { stride: 4 }), 13, 9)).toHaveLength(3);
  const lstm = new nn.LSTM(1, 2, { batchFirst: true });
  expect(() => shards((x) => lstm.forward(x.transpose(1, 2))[0].transpose(1, 2), 100, 2)).toThrow(
    "shards: a recurrence",
  );
  const gru = new nn.GRU(1, 2, { batchFirst: true });
  expect(() => shards((x) => gru.forward(x.transpose(1, 2))[0].transpose(1, 2), 100, 2)).toThrow(
    "shards: a recurrence",
  );
  expect(() => shards(new nn.GroupNorm(1, 1), 100, 2)).toThrow("shards: groupNorm");
  expect(() => shards(new nn.Conv1d(1, 1, 4), 0, 2)).toThrow("length");
});
