import { manualSeed, nn } from "atrous";
import { portable, type RealtimeStream, realtime, stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { networks } from "../networks/index.ts";
import { expectSameBits, type Net, signalOf, whole } from "./blocks.ts";

/** What comes out of calls with blocks of one length. */
function processed(live: RealtimeStream, signal: readonly Float32Array[], turns = 1): Float32Array[] {
  const length = signal[0]!.length;
  const calls = length / (turns * live.block);
  const output = Array.from({ length: live.outputChannels }, () => new Float32Array(calls * turns * live.outputBlock));
  for (let call = 0; call < calls; call++) {
    const part = (rows: readonly Float32Array[], block: number): Float32Array[] =>
      rows.map((row) => row.subarray(call * turns * block, (call + 1) * turns * block));
    live.process(part(signal, live.block), part(output, live.outputBlock));
  }
  return output;
}

/** Zeros, then the result on the whole signal. */
const delayed = (rows: readonly Float32Array[], latency: number, length: number): Float32Array[] =>
  rows.map((row) => {
    const late = new Float32Array(length);
    late.set(row.subarray(0, Math.max(0, length - latency)), latency);
    return late;
  });

describe("what comes out is the whole-signal result, late by the latency", () => {
  manualSeed(3);
  const sequential = (...layers: nn.Module[]): nn.Sequential => new nn.Sequential(...layers);
  const nets: [string, Net, number][] = [
    ["causal", sequential(new nn.Conv1d(1, 4, 3, { padding: "causal" }), new nn.Tanh(), new nn.Conv1d(4, 2, 1)), 1],
    ["centred", new nn.Conv1d(2, 1, 9, { padding: 4 }), 2],
    [
      "stride 3",
      sequential(
        new nn.Conv1d(1, 4, 5, { stride: 3, padding: 2 }),
        new nn.ConvTranspose1d(4, 1, 5, { stride: 3, padding: 1 }),
      ),
      1,
    ],
    [
      "stride 4",
      sequential(
        new nn.Conv1d(1, 4, 8, { stride: 4, padding: [6, 2] }),
        new nn.ConvTranspose1d(4, 1, 8, { stride: 4, padding: 2 }),
      ),
      1,
    ],
    ["one to two", new nn.ConvTranspose1d(1, 1, 6, { stride: 2, padding: 2 }), 1],
    ["two to one", new nn.Conv1d(1, 1, 6, { stride: 2, padding: 2 }), 1],
  ];
  const blocks = [1, 2, 4, 5, 16, 64, 128];
  test.each(nets.flatMap(([name, net, channels]) => blocks.map((block) => [name, block, net, channels] as const)))(
    "%s, blocks of %i",
    (name, block, net, channels) => {
      if (name === "two to one" && block % 2 === 1) {
        expect(() => realtime(net, { channels, block })).toThrow("no whole number of results; blocks of 2 have");
        return;
      }
      const live = realtime(net, { channels, block });
      const signal = signalOf(channels, block * Math.ceil(300 / block / 2) * 2);
      const output = processed(live, signal);
      expectSameBits(output, delayed(whole(net, signal), live.latency, output[0]!.length), "one by one");
      live.reset();
      expectSameBits(processed(live, signal, 2), output, "two blocks per call");
      // The latency is the least: one sample less, and some call would have had nothing to give.
      const rate = live.outputBlock / live.block;
      const open = stream(net, { channels });
      const lags = Array.from({ length: 200 }, (_, i) => (i + 1) * block * rate - open.ready((i + 1) * block));
      expect(live.latency).toBe(Math.max(0, ...lags));
    },
  );
});

test("blocks of one sample have the latency that a stream reports", () => {
  for (const name of ["NAM WaveNet, causal", "RAVE v2", "TCN"]) {
    const row = networks.find((each) => each.name === name);
    if (!row) expect.fail(`there is no network called ${name}`);
    const net = row.make();
    const live = stream(net, { channels: row.channels });
    expect(realtime(net, { channels: row.channels, block: 1 }).latency, name).toBe(live.latency);
  }
});

test("missing and surplus channels are silent", () => {
  const live = realtime(new nn.Conv1d(2, 1, 1, { bias: false }), { channels: 2, block: 4 });
  const output = [new Float32Array(4).fill(9), new Float32Array(4).fill(9)];
  live.process([], output);
  expect(output.map((row) => [...row])).toEqual([
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
});

test("samples below the threshold are zero where they enter", () => {
  const net = new nn.Conv1d(1, 1, 1, { bias: false });
  const signal = Float32Array.of(1e-14, -1e-14, 9e-16, -9e-16, 1e-40, 0, 1, Number.NaN);
  const run = (options: object): number[] => {
    const output = [new Float32Array(8)];
    realtime(net, { block: 8, ...options }).process([signal], output);
    const weight = net.weight.dataSync()[0]!;
    return [...output[0]!].map((y) => y / weight);
  };
  const kept = (values: number[]): boolean[] => values.map((value) => value !== 0);
  expect(kept(run({}))).toEqual([true, true, false, false, false, false, true, true]);
  expect(kept(run({ flushBelow: 0 }))).toEqual([true, true, true, true, true, false, true, true]);
  expect(kept(run({ flushBelow: 0.5 }))).toEqual([false, false, false, false, false, false, true, true]);
});

test("portable networks, initial states, and errors", () => {
  const net = new nn.Conv1d(1, 1, 3, { padding: "causal" });
  const signal = signalOf(1, 32);
  const expected = processed(realtime(net, { block: 8, initial: "steady" }), signal);
  expectSameBits(
    processed(realtime(structuredClone(portable(net)), { block: 8, initial: "steady" }), signal),
    expected,
    "portable",
  );
  const live = realtime(net, { block: 8 });
  const rows = (length: number): Float32Array[] => [new Float32Array(length)];
  expect(() => live.process(rows(8), rows(7))).toThrow(
    "process: output arrays must be a multiple of 8 samples long, got 7",
  );
  expect(() => live.process(rows(7), rows(8))).toThrow(
    "process: input channel 0 must have 8 samples for 8 output samples, got 7",
  );
  expect(() => realtime(net, {} as never)).toThrow("realtime: block must be an integer");
  expect(() => realtime(new nn.GlobalAvgPool1d(), { block: 8 })).toThrow("gives its result when the signal is over");
});
