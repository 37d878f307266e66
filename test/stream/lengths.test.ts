/** Networks that look at the length of their signal, and networks that do not take every length. */
import { F, manualSeed, ones, randn, type Tensor } from "atrous";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { importOnnx } from "../../src/io/onnx/import/importOnnx.ts";
import { file } from "../io/onnxNodes.ts";
import { expectSameBits, inBlocks, type Net, signalOf, whole } from "./blocks.ts";

manualSeed(11);
const weight = (...shape: [number, number, number]): Tensor =>
  randn(shape)
    .div(Math.sqrt(shape[1] * shape[2]))
    .detach();

/** What is left of `x` between equal margins, at the length of `y`. */
const centre = (x: Tensor, y: Tensor): Tensor => {
  const start = Math.floor((x.shape[2]! - y.shape[2]!) / 2);
  return x.slice(2, start, start + y.shape[2]!);
};

/** Down `depth` times and up again, as Demucs, whose skips are cropped in the middle. */
function demucs(stride: number, depth: number): Net {
  const levels = Array.from({ length: depth }, (_, i) => weight(i + 2, i + 1, 2 * stride));
  return (x) => {
    const skips: Tensor[] = [];
    let y = x;
    for (const w of levels) {
      y = F.conv1d(y, w, null, { stride }).relu();
      skips.push(y);
    }
    for (const w of levels.toReversed()) y = F.convTranspose1d(y.add(centre(skips.pop()!, y)), w, null, { stride });
    return y;
  };
}

/** It runs at twice the rate, and what comes out is mixed with what went in. */
function resampled(net: Net): Net {
  return (x) => {
    const y = (net as (x: Tensor) => Tensor)(F.interpolate(x, { scaleFactor: 2 })).slice(2, 0, undefined, 2);
    return y.add(x.slice(2, 0, y.shape[2]!));
  };
}

describe("strides of every kind, where the length is known modulo the hop", () => {
  const nets: [string, Net, number][] = [
    ["3 · 3", demucs(3, 2), 9],
    ["3 · 3 · 3", demucs(3, 3), 27],
    ["5 · 5", demucs(5, 2), 25],
    ["7 · 7", demucs(7, 2), 49],
    ["11 · 11", demucs(11, 2), 121],
    ["5 · 5 at twice the rate", resampled(demucs(5, 2)), 25],
  ];
  test.each(nets)("%s", (name, net, hop) => {
    expect(() => stream(net)).toThrow(/^stream: slice starts at a sample that depends on the length of the signal/);
    for (const remainder of [1, 5]) {
      const live = stream(net, { lengthModulo: remainder });
      expect(live.hop).toBe(hop);
      const signal = signalOf(1, remainder + hop * Math.ceil(400 / hop));
      expectSameBits(inBlocks(live, signal, [1, 7, 0, 40, 64]), whole(net, signal), name);
      live.close();
    }
    const live = stream(net, { allowBuffering: true });
    const signal = signalOf(1, 401);
    expectSameBits(inBlocks(live, signal, [90]), whole(net, signal), `${name}, kept`);
  });
});

test("a network that only takes lengths of one kind", () => {
  const w = weight(2, 25, 1);
  const net: Net = (x) =>
    F.conv1d(
      x
        .slice(2, 3)
        .reshape([1, (x.shape[2]! - 3) / 25, 25])
        .transpose(1, 2),
      w,
    );
  expect(() => stream(net)).toThrow(
    /^stream: the network takes signals of 78, 103 samples and not of those between \(reshape: .*\); the option lengthModulo/,
  );
  const signal = signalOf(1, 203);
  for (const options of [{ lengthModulo: 3 }, { allowBuffering: true }])
    expectSameBits(inBlocks(stream(net, options), signal, [7, 90]), whole(net, signal), Object.keys(options).join());
});

describe("a constant that counts, in another layout than the signal", () => {
  const w = weight(3, 3, 3);
  const counting = (length: number): Tensor => ones([length]).cumsum(0);
  const nets: [string, Net][] = [
    [
      "as rows",
      (x) =>
        x
          .transpose(1, 2)
          .add(counting(x.shape[2]!).reshape([1, -1, 1]))
          .transpose(1, 2),
    ],
    [
      "after a convolution",
      (x) => {
        const y = F.conv1d(x, w, null, { stride: 2 });
        return y.add(counting(y.shape[2]!).reshape([1, 1, -1])).tanh();
      },
    ],
    [
      "twice",
      (x) =>
        x
          .tanh()
          .mul(counting(x.shape[2]!).reshape([1, 1, -1]).mul(0.5))
          .add(counting(x.shape[2]!)),
    ],
  ];
  test.each(nets)("%s", (name, net) => {
    for (const length of [40, 131]) {
      const signal = signalOf(3, length);
      expectSameBits(inBlocks(stream(net, { channels: 3 }), signal, [1, 7, 0, 40]), whole(net, signal), name);
    }
  });
});

describe("a file of one shape", () => {
  const open = (shape: (number | string)[]): Net =>
    importOnnx(file([["Conv", ["x", randn([2, 3, 5])], {}]], { shape })) as Net;

  test("says which length it takes, and is computed at the end", () => {
    expect(() => stream(open([1, 3, 100]), { channels: 3 })).toThrow(
      'stream: input "x" of the network has shape [1, 3, 100], so it takes signals of 100 samples and of no other length. It cannot be computed block by block; { allowBuffering: true }',
    );
    const net = open(["N", 3, 100]);
    const live = stream(net, { channels: 3, allowBuffering: true });
    const signal = signalOf(3, 100);
    expectSameBits(inBlocks(live, signal, [7, 30]), whole(net, signal), "100 samples");
    live.reset();
    expect(() => inBlocks(live, signalOf(3, 99), [99])).toThrow('input "x" has shape [N, 3, 100], got [1, 3, 99]');
  });

  test("or how many signals at once", () => {
    expect(() => stream(open([4, 3, "L"]), { channels: 3, allowBuffering: true })).toThrow(
      'stream: input "x" of the network has shape [4, 3, L], so it takes 4 signals at once, and a stream is one',
    );
  });

  test("a network that takes no signal says at which lengths it was tried", () => {
    expect(() => stream((x) => F.linear(x, randn([3, 100])))).toThrow(
      /^stream: the network takes no signal of shape \[1, 1, L\] at any of the lengths tried, 60 to 1290240: linear:/,
    );
  });
});
