/** Signals that begin with samples of another one, such as pre-emphasis, and constants that keep time. */
import { cat, F, manualSeed, ones, randn, type Tensor } from "atrous";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { expectSameBits, inBlocks, type Net, signalOf, whole } from "./blocks.ts";

manualSeed(13);
const [a, b] = [randn([3, 3, 4]).detach(), randn([3, 3, 4]).detach()];
const halved = (x: Tensor): Tensor => F.conv1d(x, a, null, { stride: 2, padding: 1 }).tanh();
/** x₀, x₁ − 0.97x₀, x₂ − 0.97x₁, … */
const emphasised = (x: Tensor): Tensor => cat([x.slice(2, 0, 1), x.slice(2, 1).sub(x.slice(2, 0, -1).mul(0.97))], 2);
const counting = (length: number): Tensor => ones([length]).cumsum(0);

const nets: [string, Net][] = [
  ["pre-emphasis", emphasised],
  ["pre-emphasis between convolutions", (x) => F.conv1d(emphasised(halved(x)), b)],
  [
    "several samples, in another layout, before a convolution",
    (x) => cat([x.slice(2, 0, 3).reshape([3, 3]).reshape([1, 3, 3]), F.conv1d(x, b)], 2).exp(),
  ],
  ["a constant that counts, and comes first", (x) => counting(x.shape[2]!).add(x)],
  [
    "a constant that is older than the signal of its length",
    (x) => {
      const count = counting(x.shape[2]! >> 1);
      return halved(x).add(count);
    },
  ],
  [
    "a constant that is padded and cropped",
    (x) => x.mul(counting(x.shape[2]!).cumsum(0).add(1).pad([3, -3]).reshape([1, 1, -1])),
  ],
];

describe("streams", () => {
  test.each(nets)("%s", (name, net) => {
    const live = stream(net, { channels: 3 });
    for (const length of [8, 40, 131]) {
      const signal = signalOf(3, length);
      signal[0]!.set([-0, Number.NaN, Number.POSITIVE_INFINITY]);
      signal[1]!.set([Number.NEGATIVE_INFINITY, -0]);
      live.reset();
      expectSameBits(inBlocks(live, signal, [1, 1, 7, 0, 40]), whole(net, signal), `${name}, ${length} samples`);
    }
  });
});

test("pre-emphasis waits for nothing, and looks at two samples", () => {
  const { lookahead, latency, receptiveField, hop } = stream(emphasised);
  expect([lookahead, latency, receptiveField, hop]).toEqual([0, 0, 2, 1]);
});

test("what cannot stand before a signal is named", () => {
  const last: Net = (x) => cat([x.slice(2, -1), x.slice(2, 0, -1)], 2);
  expect(() => stream(last)).toThrow(
    /^stream: (cat puts signals one after the other in time|slice starts at a sample that depends)/,
  );
  const shorter: Net = (x) => cat([x.slice(2, 0, 1), x], 2).tanh();
  expect(() => stream(shorter)).toThrow("stream: cat puts signals one after the other in time; only numbers");
});
