/** Imported layers block by block, with the bits of the whole signal. */
import { randn, tensor } from "atrous";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { importOnnx } from "../../src/io/onnx/import/importOnnx.ts";
import { expectSameBits, inBlocks, signalOf, whole } from "../stream/blocks.ts";
import { file, float, floats, ints, type Node } from "./onnxNodes.ts";

const integer = (number: number) => tensor(BigInt64Array.of(BigInt(number)), { shape: [] });

const open = (nodes: readonly Node[], opset = 17) => importOnnx(file(nodes, { opset, shape: [1, 3, "L"] }));
const int = (value: number) => ({ int: value });
const list = (...values: number[]) => ({ ints: values });
const text = (value: string) => ({ string: value });

const toRows: Node = ["Transpose", ["x"], { perm: list(0, 2, 1) }, ["rows"]];
const toMoments: Node = ["Transpose", ["x"], { perm: list(2, 0, 1) }, ["moments"]];
const fromRows: Node = ["Transpose", ["z"], { perm: list(0, 2, 1) }];
const fromMoments: readonly Node[] = [
  ["Squeeze", ["all", ints(1)], {}, ["states"]],
  ["Transpose", ["states"], { perm: list(1, 2, 0) }],
];
const recurrence = (op: string, gates: number, more = {}): Node[] => [
  toMoments,
  [op, ["moments", randn([1, gates * 4, 3]), randn([1, gates * 4, 4]), randn([1, gates * 8])], more, ["all"]],
  ...fromMoments,
];
const resize = (scale: number, more: Record<string, { string: string }>): Node[] => [
  ["Resize", ["x", null, floats(1, 1, scale)], more],
];
const window = { kernel_shape: list(4), strides: list(3) };
const taken = (name: string, from: number, to: number, step = 1): Node => [
  "Slice",
  ["x", ints(from), ints(to), ints(2), ints(step)],
  {},
  [name],
];
const joined = (...names: string[]): Node => ["Concat", names, { axis: int(2) }];
const BEGINNING = -(2 ** 40);
/** Places 0, 1, 2, … along the signal. */
const places: readonly Node[] = [
  ["Shape", ["x"], { start: int(2) }, ["lengths"]],
  ["Squeeze", ["lengths"], {}, ["length"]],
  ["Range", [integer(0), "length", integer(1)], {}, ["integers"]],
  ["Cast", ["integers"], { to: int(1) }, ["places"]],
];

const streamed: Record<string, readonly Node[]> = {
  GlobalAveragePool: [["GlobalAveragePool", ["x"]]],
  "MatMul, weight last": [toRows, ["MatMul", ["rows", randn([3, 5])], {}, ["z"]], fromRows],
  "MatMul, weight first": [["MatMul", [randn([5, 3]), "x"]]],
  "MatMul, weight in a batch of one": [toRows, ["MatMul", ["rows", randn([1, 3, 5])], {}, ["z"]], fromRows],
  LayerNormalization: [toRows, ["LayerNormalization", ["rows", randn([3]), randn([3])], {}, ["z"]], fromRows],
  BatchNormalization: [["BatchNormalization", ["x", randn([3]), randn([3]), randn([3]), randn([3]).abs()]]],
  "MaxPool, symmetric": [["MaxPool", ["x"], { ...window, pads: list(2, 2), ceil_mode: int(1) }]],
  "MaxPool, asymmetric": [["MaxPool", ["x"], { ...window, pads: list(3, 1), dilations: list(2) }]],
  "MaxPool, upper": [["MaxPool", ["x"], { kernel_shape: list(4), auto_pad: text("SAME_UPPER") }]],
  "AveragePool, symmetric": [["AveragePool", ["x"], { ...window, pads: list(1, 1) }]],
  "AveragePool, all counted": [["AveragePool", ["x"], { ...window, pads: list(3, 1), count_include_pad: int(1) }]],
  "ReduceMax of channels": [["ReduceMax", ["x"], { axes: list(1) }]],
  "ReduceLogSumExp of channels": [["ReduceLogSumExp", ["x"], { axes: list(-2) }]],
  "ReduceL2 of channels": [["ReduceL2", ["x"], { axes: list(1) }]],
  LpNormalization: [["LpNormalization", ["x"], { axis: int(1) }]],
  "Pad, channels and time": [["Pad", ["x", ints(0, 1, 5, 0, 0, -2), float(0.5)]]],
  "Pad, reflect": [["Pad", ["x", ints(0, 0, 3, 0, 0, 2)], { mode: text("reflect") }]],
  "Pad in front of rows": [toRows, ["Pad", ["rows", ints(0, 4, 0, 0, 0, 0)], {}, ["z"]], fromRows],
  "Resize, twice": resize(2, {}),
  "Resize, nearest of 3/2": resize(1.5, {
    coordinate_transformation_mode: text("asymmetric"),
    nearest_mode: text("floor"),
  }),
  "Resize, half": resize(0.5, {}),
  "Resize, lines": resize(1.7, { mode: text("linear") }),
  "Concat, the first sample before, the last behind": [
    taken("a", 0, 1),
    taken("b", 0, 1),
    taken("c", -1, 2 ** 40),
    joined("a", "b", "x", "c"),
  ],
  "Concat, a sample that is repeated": [
    taken("a", 0, 1),
    ["Expand", ["a", ints(1, 1, 4)], {}, ["as"]],
    ["Concat", ["as", "x"], { axis: int(2) }],
  ],
  "Concat, reflected": [taken("a", 3, 0, -1), taken("b", -2, -4, -1), joined("a", "x", "b")],
  "Concat, reflected, of slices": [
    taken("a", 1, 3),
    ["Slice", ["a", ints(-1), ints(BEGINNING), ints(2), ints(-1)], {}, ["b"]],
    joined("b", "x"),
  ],
  "a mean up to each moment": [
    ...places,
    ["CumSum", ["x", ints(2)], {}, ["sums"]],
    ["Add", ["places", float(1)], {}, ["count"]],
    ["Div", ["sums", "count"]],
  ],
  "places, in steps": [...places, ["Mul", ["places", float(-3)], {}, ["steps"]], ["Add", ["x", "steps"]]],
  "places, with axes of one": [...places, ["Unsqueeze", ["places", ints(0, 1)], {}, ["row"]], ["Add", ["x", "row"]]],
  LSTM: recurrence("LSTM", 4),
  GRU: recurrence("GRU", 3),
  "GRU, second form": recurrence("GRU", 3, { linear_before_reset: int(1) }),
};

describe("streams", () => {
  test.each(Object.entries(streamed))("%s", (name, nodes) => {
    const net = open(nodes);
    const x = signalOf(3, 131);
    expectSameBits(inBlocks(stream(net, { channels: 3 }), x, [1, 7, 0, 40, 3, 64]), whole(net, x), name);
  });
});

const refused: Record<string, [readonly Node[], RegExp]> = {
  InstanceNormalization: [[["InstanceNormalization", ["x", randn([3]), randn([3])]]], /instanceNorm/],
  "LSTM, reverse": [recurrence("LSTM", 4, { direction: text("reverse") }), /reverse LSTM/],
  "Concat, circular": [[taken("a", -3, 2 ** 40), taken("b", 0, 2), joined("a", "x", "b")], /pads with "circular"/],
  "Concat, twice": [[joined("x", "x")], /puts signals one after the other in time/],
  "Concat, rolled": [[taken("a", -3, 2 ** 40), taken("b", 0, -3), joined("a", "b")], /cat/],
  "Slice, backwards": [
    [["Slice", ["x", ints(-1), ints(BEGINNING), ints(2), ints(-1)]]],
    /flip reads the signal backwards/,
  ],
  "places that are no whole numbers": [
    [...places, ["Mul", ["places", float(0.1)], {}, ["tenths"]], ["Add", ["x", "tenths"]]],
    /unless all its numbers are equal/,
  ],
  "places, counted twice": [
    [...places, ["Mul", ["places", "places"], {}, ["squares"]], ["Add", ["x", "squares"]]],
    /unless all its numbers are equal/,
  ],
  "Resize, aligned": [
    resize(2, { mode: text("linear"), coordinate_transformation_mode: text("align_corners") }),
    /rate/,
  ],
};

describe("does not stream, and says why", () => {
  test.each(Object.entries(refused))("%s", (_, [nodes, message]) => {
    expect(() => stream(open(nodes), { channels: 3 })).toThrow(message);
  });
});
