/** Networks that are computed at the end, at lengths that they were not seen at. */
import { F, manualSeed, randn, type Tensor, tensor } from "atrous";
import { realtime, stream } from "atrous/stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matmul } from "../../src/ops/linear/matmul.ts";
import { expectSameBits, inBlocks, type Net, signalOf, whole } from "./blocks.ts";
import { build, moves } from "./randomNetwork.ts";

manualSeed(12);
const weight = (...shape: [number, number, number]): Tensor =>
  randn(shape)
    .div(Math.sqrt(shape[1] * shape[2]))
    .detach();
const [a, b] = [weight(3, 3, 4), weight(3, 3, 4)];
const halved = (x: Tensor): Tensor => F.conv1d(x, a, null, { stride: 2, padding: 1 }).tanh();

/** Every moment looks at all others; `seen` may hide some. */
const attention = (x: Tensor, seen?: (scores: Tensor) => Tensor): Tensor => {
  const rows = x.transpose(1, 2);
  const scores = matmul(rows, x).div(Math.sqrt(x.shape[1]!));
  return matmul(F.softmax(seen ? seen(scores) : scores, -1), rows).transpose(1, 2);
};
const past = (scores: Tensor): Tensor => {
  const length = scores.shape.at(-1)!;
  const mask = Float32Array.from({ length: length ** 2 }, (_, i) =>
    i % length > Math.floor(i / length) ? Number.NEGATIVE_INFINITY : 0,
  );
  return scores.add(tensor(mask, { shape: [length, length] }));
};
/** To a multiple of 64, where there is something missing. */
const filled = (x: Tensor): Tensor => x.pad([0, (64 - (x.shape[2]! % 64)) % 64]);
const waves = (x: Tensor): Tensor => tensor(Float32Array.from({ length: x.shape[2]! }, (_, t) => Math.sin(t / 9)));

const growing = /^stream: two axes of one tensor grow with the signal/;
const another = /^stream: the network takes another form at another length: where it has/;
const nets: [string, Net, RegExp][] = [
  ["attention", (x) => attention(x), growing],
  ["attention to the past", (x) => attention(x, past), growing],
  ["attention between convolutions", (x) => F.conv1d(attention(halved(x)), b, null, { padding: 2 }), growing],
  ["a classifier with attention", (x) => attention(halved(x)).mean(2), growing],
  ["padded to a multiple", (x) => halved(filled(x)).slice(2, 0, x.shape[2]! >> 1), another],
  ["padded inside", (x) => F.conv1d(filled(halved(x)), b).slice(2, 0, x.shape[2]! >> 1), another],
  [
    "another function",
    (x) => (x.shape[2]! % 4 > 1 ? halved(x) : F.conv1d(x, b, null, { stride: 2, padding: 1 })),
    another,
  ],
  ["more layers for longer signals", (x) => (x.shape[2]! > 100 ? halved(halved(x)) : halved(x)), another],
  ["a constant", (x) => halved(x.add(waves(x))), /^stream: a constant of the length of the signal/],
  [
    "a constant beside a signal",
    (x) => halved(x).add(halved(x.mul(waves(x)))),
    /^stream: a constant of the length of the signal/,
  ],
  [
    "integers between",
    (x) => halved(x).argmax(1).unsqueeze(1).flip(2).to("float32").add(halved(x)),
    /^stream: flip reads the signal backwards/,
  ],
  [
    "two rates",
    (x) => halved(x).add(x.slice(2, 0, x.shape[2]! >> 1)),
    /^stream: slice meets signals of different rates, 1\/1 and 1\/2 of the input's/,
  ],
];

describe("is refused, unless it may be kept", () => {
  test.each(nets)("%s", (name, net, message) => {
    expect(() => stream(net, { channels: 3 })).toThrow(message);
    expect(() => stream(net, { channels: 3 })).toThrow("{ allowBuffering: true } keeps the signal");
    expect(() => realtime(net, { channels: 3, block: 64 })).toThrow(/It cannot be computed block by block$/);
    const live = stream(net, { channels: 3, allowBuffering: true });
    for (const length of [9, 60, 61, 64, 101, 128, 255]) {
      const signal = signalOf(3, length);
      live.reset();
      expectSameBits(inBlocks(live, signal, [1, 7, 0, 40, 3]), whole(net, signal), `${name}, ${length} samples`);
    }
  });
});

/** What is made of a random network's input and output. */
const ends: readonly ((x: Tensor, y: Tensor) => Tensor)[] = [
  (_, y) => attention(y),
  (_, y) => y.flip(2),
  (_, y) => filled(y).tanh(),
  (x, y) => y.add(x.mean([1, 2], { keepDim: true })),
  (x, y) => y.mul(attention(x).mean([1, 2], { keepDim: true })),
  (_, y) => (y.shape[2]! % 3 ? y.exp() : y.tanh().neg()),
  (_, y) => y.mul(y.shape[2]!),
];

test("random networks, of which a part is computed at the end", () => {
  let runs = 0;
  const check = fc.property(moves, fc.nat({ max: 1e6 }), fc.constantFrom(...ends), (plan, seed, end) => {
    const { net: start, channels } = build(plan, seed);
    const net: Net = (x) => end(x, start(x));
    const live = stream(net, { channels, allowBuffering: true });
    for (const length of [61, 64, 120, 151]) {
      const signal = signalOf(channels, length);
      live.reset();
      expectSameBits(inBlocks(live, signal, [1, 7, 0, 40, 3]), whole(net, signal), `${length} samples`);
      runs++;
    }
    live.close();
  });
  // A skip to what is cut to an even length: at 60 samples nothing is cut, so there are fewer nodes.
  const move = { kind: 20, choices: [0, 0, 0, 0, 0, 0, 0, 0] };
  fc.assert(check, { numRuns: 40, examples: [[[move, { ...move, kind: 0 }], 0, ends[2]!]] });
  expect(runs).toBe(40 * 4);
});

test("a result with more channels for longer signals is no stream", () => {
  const net: Net = (x) => matmul(x.transpose(1, 2), x);
  expect(() => stream(net, { channels: 3, allowBuffering: true })).toThrow(
    "stream: the result has more channels for longer signals, shape [1, 60, 60]",
  );
});

test("another form at the very end is named", () => {
  const net: Net = (x) => (x.shape[2]! < 30 ? halved(x) : F.conv1d(x, b)).mean(2);
  const live = stream(net, { channels: 3 });
  expect(() => inBlocks(live, signalOf(3, 20), [20])).toThrow(
    "finish: at 20 samples the network takes another form than at the lengths where it was seen, 7680",
  );
});
