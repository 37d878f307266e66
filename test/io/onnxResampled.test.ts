/** Resampling that a file puts together of indices and weights is read as the one operation that it is. */
import { readFileSync } from "node:fs";
import { type Tensor, tensor } from "atrous";
import { exportOnnx, importOnnx } from "atrous/io";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { decodeModel } from "../../src/io/onnx/proto/index.ts";
import { expectSameBits, inBlocks, signalOf, whole } from "../stream/blocks.ts";
import { file, floats, ints } from "./onnxNodes.ts";

interface Network {
  name: string;
  model: string;
  runs: { x: string; y: string; shapes: [number[], number[]] }[];
}
const text = readFileSync(new URL("fixtures/onnx/resampled.json", import.meta.url), "utf8");
const networks = JSON.parse(text) as Network[];

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);

function expectTorch(net: { forward(x: Tensor): Tensor }, { x, y, shapes }: Network["runs"][number]): void {
  const result = net.forward(tensor(floatsOf(x), { shape: shapes[0] }));
  expect(result.shape).toEqual(shapes[1]);
  const [numbers, expected] = [result.dataSync(), floatsOf(y)];
  for (const [i, number] of numbers.entries()) expect(Math.abs(number - expected[i]!)).toBeLessThan(5e-6);
}

describe.each(networks)("$name", ({ model, runs }) => {
  test("computes what torch does, at three lengths and batches", () => {
    const net = importOnnx(bytesOf(model));
    for (const run of runs) expectTorch(net, run);
  });

  test("is written as Resize, for any batch and every fourth length", () => {
    const bytes = exportOnnx(importOnnx(bytesOf(model)), [1, 1, 12], { lengthMultiple: 4 });
    const { nodes, inputs } = decodeModel(bytes).graph;
    expect(inputs[0]!.shape!.map((length) => typeof length)).toEqual(["string", "number", "string"]);
    expect(nodes.filter(({ opType }) => opType === "Resize")).toHaveLength(1);
    expect(nodes.filter(({ opType }) => opType === "Mul" || opType === "Sub")).toHaveLength(0);
    const again = importOnnx(bytes);
    for (const run of runs) expectTorch(again, run);
  });
});

const streamed = ["twice", "3 times", "1.5 times", "half", "twice the length", "nearest, exactly"];
test.each(streamed)("%s streams", (name) => {
  const net = importOnnx(bytesOf(networks.find((network) => network.name === name)!.model));
  const live = stream(net);
  const signal = signalOf(1, 61);
  expectSameBits(inBlocks(live, signal, [1, 0, 7, 3, 20]), whole(net, signal), name);
});

describe("computes what is written, also where that only looks like resampling", () => {
  const x = Float32Array.of(1, 2, 4, 8, 16, 32, 64, 128);
  const net = (before: Tensor, after: Tensor, shares: Tensor) =>
    importOnnx(
      file(
        [
          ["Gather", ["x", before], { axis: { int: 2 } }, ["start"]],
          ["Gather", ["x", after], { axis: { int: 2 } }, ["end"]],
          ["Sub", ["end", "start"], {}, ["difference"]],
          ["Constant", [], { value: { tensor: shares } }, ["shares"]],
          ["Mul", ["difference", "shares"], {}, ["change"]],
          ["Add", ["start", "change"]],
        ],
        { shape: [1, 1, 8] },
      ),
    );
  const cases: [string, number[], number[], number[], number[]][] = [
    ["every second", [0, 2, 4, 6], [1, 3, 5, 7], [0.5, 0.5, 0.5, 0.5], [1.5, 6, 24, 96]],
    ["other shares", [0, 2, 4, 6], [1, 3, 5, 7], [0.5, 0.25, 0.5, 0.5], [1.5, 5, 24, 96]],
    ["no neighbours", [0, 2, 4, 6], [1, 3, 5, 5], [0.5, 0.5, 0.5, 0.5], [1.5, 6, 24, 48]],
    ["one share", [0, 2, 4, 6], [1, 3, 5, 7], [0.5], [1.5, 6, 24, 96]],
    ["another order", [6, 4, 2, 0], [7, 5, 3, 1], [0.5, 0.5, 0.5, 0.5], [96, 24, 6, 1.5]],
  ];
  test.each(cases)("%s", (_, before, after, shares, expected) => {
    const y = net(ints(...before), ints(...after), floats(...shares)).forward(tensor(x, { shape: [1, 1, 8] }));
    expect(Array.from(y.dataSync())).toEqual(expected);
  });

  test("shares that are trained", () => {
    const bytes = file(
      [
        ["Gather", ["x", ints(0, 2, 4, 6)], { axis: { int: 2 } }, ["start"]],
        ["Gather", ["x", ints(1, 3, 5, 7)], { axis: { int: 2 } }, ["end"]],
        ["Sub", ["end", "start"], {}, ["difference"]],
        ["Mul", ["difference", floats(0.5, 0.5, 0.5, 0.5)], {}, ["change"]],
        ["Add", ["start", "change"]],
      ],
      { shape: [1, 1, 8] },
    );
    const trained = importOnnx(bytes);
    trained
      .forward(tensor(x, { shape: [1, 1, 8] }))
      .sum()
      .backward();
    expect([...trained.parameters()].map(({ grad }) => Array.from(grad!.dataSync()))).toEqual([[1, 4, 16, 64]]);
  });
});

test("numbers that places are computed from are no parameters", () => {
  const network = networks.find(({ name }) => name === "40 samples")!;
  const names = [...importOnnx(bytesOf(network.model)).namedParameters()].map(([name]) => name);
  expect(names.sort()).toEqual(["head.bias", "head.weight", "tail.bias", "tail.weight"]);
});

test("a weight of which only the shape has to be known is trained", () => {
  const bytes = file([
    ["Shape", [floats(1)], {}, ["shape"]],
    ["Constant", [], { value_float: { float: 1 } }, ["one"]],
    ["CastLike", ["shape", "one"], {}, ["floats"]],
    ["Cast", ["floats"], { to: { int: 7 } }, ["integers"]],
    ["Expand", ["x", "integers"]],
  ]);
  expect([...importOnnx(bytes).namedParameters()].map(([name]) => name)).toEqual(["w0.0"]);
});

test("a length that is asked for is a ratio at every length, up to rounding", () => {
  const { model } = networks.find(({ name }) => name === "40 samples")!;
  const net = importOnnx(bytesOf(model));
  const again = importOnnx(exportOnnx(net, [1, 1, 147])); // 147 · (40 / 147) is more than 40
  const signal = signalOf(1, 191);
  expectSameBits(whole(again, signal), whole(net, signal), "191 samples");
});
