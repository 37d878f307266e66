/** Networks that were once streamed wrongly, or not at all. */
import { F, nn, type Tensor, tensor } from "atrous";
import { realtime, shards, stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { expectSameBits, inBlocks, type Net, signalOf, whole } from "./blocks.ts";

const weight = (...shape: [number, number, number]): Tensor =>
  new nn.Conv1d(shape[1], shape[0], shape[2]).weight.detach();

describe("streams, at every length", () => {
  const [a, b, c, d] = [weight(2, 1, 3), weight(2, 1, 3), weight(3, 1, 8), weight(3, 3, 8)];
  const [e, f] = [weight(3, 3, 8), weight(2, 1, 4)];
  const [g, h] = [weight(2, 1, 31), weight(2, 2, 4)];
  /** Three levels down and up, to the length of what is beside. */
  const deep = (x: Tensor): Tensor => {
    const options = { stride: 4, padding: 2 };
    const [x1, x2] = [F.conv1d(x, c, null, options), F.conv1d(F.conv1d(x, c, null, options).tanh(), d, null, options)];
    const x3 = F.conv1d(x2.tanh(), e, null, options);
    const u2 = F.convTranspose1d(x3, e, null, { ...options, outputLength: x2.shape[2]! }).add(x2);
    const u1 = F.convTranspose1d(u2, d, null, { ...options, outputLength: x1.shape[2]! }).add(x1);
    return F.convTranspose1d(u1, c, null, { ...options, outputLength: x.shape[2]! }).add(x);
  };
  const batch = (x: Tensor): Tensor => x.reshape([3, 1, x.shape[2]!]);
  const merged = (y: Tensor): Tensor => y.reshape([1, y.shape[0]! * y.shape[1]!, y.shape[2]!]);
  const nets: [string, Net, number][] = [
    ["a batch of channels", (x) => merged(F.conv1d(batch(x), a, null, { padding: "same" })), 3],
    [
      "a batch of channels, transposed",
      (x) => merged(F.convTranspose1d(F.conv1d(batch(x), b, null, { stride: 2 }), b, null, { stride: 2 })),
      3,
    ],
    ["a deep U-Net of given lengths", deep, 1],
    ["a strided slice with an end", (x) => x.slice(2, 3, -6, 5), 1],
    [
      "to the length of the input",
      (x) => F.convTranspose1d(F.conv1d(x, f, null, { stride: 5 }), f, null, { stride: 5, outputLength: x.shape[2]! }),
      1,
    ],
    [
      "what has one sample at the shortest lengths that are tried",
      (x) =>
        F.conv1d(F.conv1d(x, g, null, { stride: 7, padding: [0, 24] }), h, null, { stride: 8, padding: [1, 3] })
          .slice(2, 1, -5)
          .slice(2, 2),
      1,
    ],
    ["a delay", (x) => x.pad([1, -1]).add(x), 1],
    ["an advance", (x) => x.pad([-2, 2], { mode: "replicate" }), 1],
  ];
  test.each(nets)("%s", (name, net, channels) => {
    const live = stream(net, { channels });
    for (let length = 200; length < 600; length += 1 + (length % 3) + (length > 280 ? 37 : 0)) {
      const signal = signalOf(channels, length);
      let wanted: Float32Array[];
      try {
        wanted = whole(net, signal);
      } catch {
        continue; // a length that the network does not take
      }
      live.reset();
      expectSameBits(inBlocks(live, signal, [1, 2, 40, 7]), wanted, `${name}, ${length} samples`);
    }
  });
});

test("what is cut off behind padding alone is not emitted", () => {
  const w = weight(1, 1, 5);
  const net: Net = (x) =>
    F.conv1d(x, w, null, { padding: [0, 3] })
      .pad([2, 0])
      .slice(2, 0, -3);
  for (let length = 3; length < 9; length++) {
    const signal = signalOf(1, length);
    expectSameBits(inBlocks(stream(net), signal, [1, 1, 1, 1, 1, 1, 1, 1]), whole(net, signal), `${length} samples`);
  }
});

test("the latency counts what comes after padding", () => {
  const w = weight(1, 1, 65);
  const net: Net = (x) => F.conv1d(x, w).pad([3, 0]);
  expect(stream(net).latency).toBe(61);
  const signal = signalOf(1, 192);
  for (const block of [1, 16]) {
    const live = realtime(net, { block });
    const output = [new Float32Array(192)];
    for (let t = 0; t < 192; t += block)
      live.process([signal[0]!.subarray(t, t + block)], [output[0]!.subarray(t, t + block)]);
    expectSameBits(
      [output[0]!.slice(live.latency)],
      [whole(net, signal)[0]!.slice(0, 192 - live.latency)],
      `blocks of ${block}`,
    );
  }
});

test("options that depend on the length are refused", () => {
  const w = weight(1, 1, 3);
  const nets: [Net, RegExp][] = [
    [(x) => x.pad([0, 8 - (x.shape[2]! % 8)]), /pad has options that depend on the length/],
    [
      (x) => F.avgPool1d(x, Math.floor(x.shape[2]! / 10), { stride: 1 }),
      /avgPool1d has options that depend on the length/,
    ],
    [(x) => F.conv1d(x, w, null, { dilation: 1 + (x.shape[2]! % 2) }), /conv1d has options that depend on the length/],
  ];
  for (const [net, message] of nets) expect(() => stream(net)).toThrow(message);
  expect(() => stream((x) => x.slice(1, x.shape[2]! % 2, (x.shape[2]! % 2) + 1), { channels: 2 })).toThrow(
    /slice has options/,
  );
});

test("shards of what is cropped, and of what is resampled after that", () => {
  const [w5, w7, w9] = [weight(1, 1, 5), weight(1, 1, 7), weight(1, 1, 9)];
  const nets: Net[] = [
    (x) => x.slice(2, 20, -20),
    (x) => F.conv1d(x, w5, null, { padding: 2 }).slice(2, 10, -10),
    (x) => F.convTranspose1d(x, w9, null, { stride: 3, padding: [7, 2] }),
    (x) => F.convTranspose1d(x, w9, null, { stride: 3, padding: [2, 7] }),
    (x) => F.interpolate(x, { scaleFactor: 0.5 }),
    (x) => x.slice(2, 1, -4, 5),
    (x) => F.interpolate(x.slice(2, 8, -9), { scaleFactor: 3, mode: "linear" }),
    (x) => F.convTranspose1d(x, w7, null, { stride: 2, padding: [5, 3], paddingMode: "replicate" }),
    (x) => F.convTranspose1d(x, w7, null, { stride: 2, padding: [5, 3], paddingMode: "reflect" }),
  ];
  nets.forEach((net, i) => {
    for (const [length, count] of [
      [200, 4],
      [203, 7],
    ] as const) {
      const signal = signalOf(1, length);
      const result = new Float32Array(whole(net, signal)[0]!.length);
      for (const { inStart, inEnd, outStart, outEnd, skip } of shards(net, length, count)) {
        expect(skip).toBeGreaterThanOrEqual(0);
        const part = whole(net, [signal[0]!.slice(inStart, inEnd)])[0]!;
        result.set(part.subarray(skip, skip + outEnd - outStart), outStart);
      }
      expectSameBits([result], whole(net, signal), `network ${i}, ${length} samples`);
    }
  });
  const norm = new nn.CumulativeNorm(1);
  expect(() => shards((x) => norm.forward(F.interpolate(x, { scaleFactor: 2, mode: "linear" })), 400, 3)).toThrow(
    "a recurrence",
  );
});

test("what a slice and a stride leave of the shortest lengths is one sample, and still a slice at others", () => {
  const w = weight(2, 1, 5);
  const net: Net = (x) => {
    const y = F.maxPool1d(F.conv1d(F.maxPool1d(x, 1, { stride: 2 }), w, null, { dilation: 3 }), 1, { stride: 3 });
    return F.softmax(y.slice(2, 3, -3), 1);
  };
  const signal = signalOf(1, 200);
  expectSameBits(inBlocks(stream(net, { channels: 1 }), signal, [7]), whole(net, signal), "blocks of 7");
});

test("padding with a number keeps the sign of zeros", () => {
  const net: Net = (x) => x.relu().neg().pad([2, 3], { value: 0.5 });
  const signal = signalOf(1, 40);
  const wanted = whole(net, signal);
  expect(wanted[0]!.slice(2, -3)).toEqual(signal[0]!.map((number) => -Math.max(number, 0)));
  expectSameBits(inBlocks(stream(net, { channels: 1 }), signal, [5]), wanted, "blocks of 5");
});

test.each([100, 1000, 10_000])(
  "a constant that changes after %i samples is not taken for one that goes on",
  (limit) => {
    const constant = (at: (t: number) => number, x: Tensor) =>
      tensor(Float32Array.from({ length: x.shape[2]! }, (_, t) => at(t)));
    for (const at of [(t: number) => Math.min(t, limit), (t: number) => (t < limit ? 1 : 0.5)])
      expect(() => stream((x) => x.mul(constant(at, x)), { channels: 1 })).toThrow(
        /^stream: a constant of the length of the signal, shape \[\d+\] for one signal and \[\d+\] for another, cannot be streamed unless/,
      );
  },
);

test("a closed stream stays closed", () => {
  const live = stream(new nn.Conv1d(1, 1, 3));
  live.close();
  live.close();
  for (const action of [
    () => live.reset(),
    () => live.push([new Float32Array(1)]),
    () => live.finish(),
    () => live.snapshot(),
  ])
    expect(action).toThrow("the stream is closed");
});

test('a snapshot from before the first sample, with initial "first"', () => {
  const net = new nn.Sequential(new nn.Conv1d(1, 2, 5, { padding: 2 }), new nn.Conv1d(2, 1, 3, { padding: [2, 0] }));
  const signal = signalOf(1, 20);
  const expected = inBlocks(stream(net, { initial: "first" }), signal, [20]);
  const [one, other] = [stream(net, { initial: "first" }), stream(net, { initial: "first" })];
  one.push([new Float32Array(0)]);
  other.restore(one.snapshot());
  expectSameBits(inBlocks(other, signal, [3, 20]), expected, "restored");
});
