/** Padding of transposed convolutions is written as slices and sums, and read as the one operation that it is. */
import { manualSeed, nn, type Tensor, zeros } from "atrous";
import { exportOnnx, importOnnx } from "atrous/io";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { expectSameBits, inBlocks, signalOf, whole } from "../stream/blocks.ts";
import { file, ints, type Node } from "./onnxNodes.ts";

type Mode = "reflect" | "replicate" | "circular";

const layer = (paddingMode: Mode, padding: [number, number]): nn.ConvTranspose1d => {
  manualSeed(7);
  return new nn.ConvTranspose1d(2, 3, 5, { stride: 3, padding, paddingMode });
};
const again = (net: nn.ConvTranspose1d) => importOnnx(exportOnnx(net, [1, 2, 12]));

const amounts: [number, number][] = [
  [1, 0],
  [3, 0],
  [0, 1],
  [0, 4],
  [1, 1],
  [2, 3],
  [4, 1],
];
const cases = (modes: Mode[]) => modes.flatMap((mode) => amounts.map((padding) => [mode, padding] as const));

describe("has the bits of the layer that it was", () => {
  test.each(cases(["reflect", "replicate", "circular"]))("%s %j", (mode, padding) => {
    const net = layer(mode, padding);
    const copy = again(net);
    for (const length of [12, 13, 40]) {
      const signal = signalOf(2, length);
      expectSameBits(whole(copy, signal), whole(net, signal), `${length}`);
    }
  });
});

describe("streams", () => {
  test.each(cases(["reflect", "replicate"]))("%s %j", (mode, padding) => {
    const net = layer(mode, padding);
    const live = stream(again(net), { channels: 2 });
    expect(live.latency).toBe(stream(net, { channels: 2 }).latency);
    const signal = signalOf(2, 60);
    expectSameBits(inBlocks(live, signal, [1, 0, 7, 3, 20]), whole(net, signal), mode);
  });

  test("what is too short for it at the lengths that are tried first", () => {
    const net = new nn.Sequential(
      new nn.Conv1d(1, 1, 4, { stride: 30 }),
      new nn.ConvTranspose1d(1, 1, 7, { padding: 3, paddingMode: "reflect" }),
    );
    const signal = signalOf(1, 400);
    const live = stream(importOnnx(exportOnnx(net, [1, 1, 300])));
    expectSameBits(inBlocks(live, signal, [50]), whole(net, signal), "deep");
  });

  test("not where it is circular, in the words of the layer", () => {
    expect(() => stream(again(layer("circular", [2, 1])), { channels: 2 })).toThrow('has padding mode "circular"');
  });
});

describe("computes what is written, also where that only looks like padding", () => {
  const part = (name: string, from: number, to: number, step = 1): Node => [
    "Slice",
    ["x", ints(from), ints(to), ints(2), ints(step)],
    {},
    [name],
  ];
  const sum = (...names: string[]): Node => ["Add", names, {}, ["sum"]];
  const join = (...names: string[]): Node => ["Concat", names, { axis: { int: 2 } }];
  const x = Float32Array.of(1, 2, 4, 8, 16, 32, 64, 128);
  const cases: [string, Node[], number[]][] = [
    [
      "reflected",
      [part("a", 0, 1), part("b", 1, 2), part("c", 2, 3), part("d", 3, 8), sum("a", "c"), join("b", "sum", "d")],
      [2, 5, 8, 16, 32, 64, 128],
    ],
    [
      "in another place",
      [part("a", 0, 1), part("b", 1, 2), part("c", 2, 8), sum("a", "b"), join("sum", "c")],
      [3, 4, 8, 16, 32, 64, 128],
    ],
    [
      "to a wrong place",
      [part("a", 0, 1), part("b", 1, 3), part("c", 3, 4), part("d", 4, 8), sum("a", "c"), join("b", "sum", "d")],
      [2, 4, 9, 16, 32, 64, 128],
    ],
    [
      "in another order",
      [part("a", 0, 1), part("b", 1, 2), part("c", 2, 3), part("d", 7, 2, -1), sum("a", "c"), join("b", "sum", "d")],
      [2, 5, 128, 64, 32, 16, 8],
    ],
    [
      "with something left out",
      [part("a", 0, 1), part("b", 1, 2), part("c", 2, 3), part("d", 3, 7), sum("a", "c"), join("b", "sum", "d")],
      [2, 5, 8, 16, 32, 64],
    ],
    [
      "with something twice",
      [part("a", 0, 1), part("b", 1, 2), part("c", 2, 3), part("d", 2, 7), sum("a", "c"), join("b", "sum", "d")],
      [2, 5, 4, 8, 16, 32, 64],
    ],
    [
      "with itself",
      [part("b", 1, 2), part("c", 2, 3), part("d", 3, 8), sum("c", "c"), join("b", "sum", "d")],
      [2, 8, 8, 16, 32, 64, 128],
    ],
  ];
  test.each(cases)("%s", (_, nodes, wanted) => {
    const net = importOnnx(file(nodes, { shape: [1, 1, "L"] }));
    expect(Array.from(whole(net, [x])[0]!)).toEqual(wanted);
  });
});

test("looking is paid for while a network is rehearsed", () => {
  const cut = (name: string, from: number, to: number): Node => [
    "Slice",
    ["x", ints(from), ints(to), ints(2)],
    {},
    [name],
  ];
  const names = Array.from({ length: 60 }, (_, i) => `y${i}`);
  const nodes: Node[] = [
    ...[cut("a", 0, 1), cut("b", 1, 2), cut("c", 2, 3), cut("d", 4, 100)],
    ["Add", ["a", "c"], {}, ["sum"]],
    ...names.map((name): Node => ["Concat", ["b", "sum", "d"], { axis: { int: 2 } }, [name]]),
  ];
  const net = importOnnx<Tensor[]>(file(nodes, { shape: [1, 1, 100], outputs: names }));
  expect(() => net.build([zeros([1, 1, 100])], { entries: 3000 })).toThrow("is not rehearsed");
});
