/** What operators about shapes, places, types and single elements refuse, and with which words. */
import { DTypeError, FormatError, full, ShapeError, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { importOnnx } from "../../src/io/onnx/import/importOnnx.ts";
import { encodeModel, type OnnxAttribute, type OnnxNode } from "../../src/io/onnx/proto/index.ts";
import { survives } from "./wire.ts";

type Attributes = Record<string, OnnxAttribute>;
/** A graph input of shape (1, 3, 8), an initializer, or nothing. */
type Input = "x" | Tensor | null;

const node = (
  opType: string,
  inputs: string[],
  attributes: Attributes = {},
  outputs = ["y"],
  name = "n",
): OnnxNode => ({
  opType,
  domain: "",
  name,
  inputs,
  outputs,
  attributes: new Map(Object.entries(attributes)),
});

function file(nodes: readonly OnnxNode[], initializers = new Map<string, Tensor>(), opset = 17, shape = [1, 3, 8]) {
  const graph = {
    name: "g",
    nodes,
    initializers,
    inputs: [{ name: "x", dtype: "float32" as const, shape }],
    outputs: [{ name: "y", dtype: null, shape: null }],
  };
  return encodeModel({ irVersion: 8, producer: "", opsets: new Map([["", opset]]), graph, metadata: new Map() });
}

function single(op: string, inputs: readonly Input[], attributes: Attributes = {}, opset = 17, outputs = 1) {
  const initializers = new Map<string, Tensor>();
  const names = inputs.map((input, i) => {
    if (input === null) return "";
    if (input === "x") return input;
    initializers.set(`i${i}`, input);
    return `i${i}`;
  });
  const results = ["y", ...Array.from({ length: outputs - 1 }, (_, i) => `y${i}`)];
  return file([node(op, names, attributes, results)], initializers, opset);
}

const ints = (...numbers: number[]) => tensor(BigInt64Array.from(numbers, BigInt), { shape: [numbers.length] });
const int = (number: number) => tensor(BigInt64Array.of(BigInt(number)), { shape: [] });
const float = (number: number) => tensor(Float32Array.of(number), { shape: [] });

const refused: [string, readonly Input[], Attributes, RegExp, number?, number?][] = [
  ["Reshape", ["x", "x"], {}, /its shape depend on the data/],
  ["Reshape", ["x", ints(-1, -1)], {}, /shape \[-1, -1\] should have lengths, and at most one −1/],
  ["Reshape", ["x", ints(1, 3, 8, 0)], {}, /shape \[1, 3, 8, 0\] keeps axis 3, which \[1, 3, 8\] has not/],
  ["Reshape", ["x", ints(0, -1)], { allowzero: { int: 1 } }, /both 0 and −1/],
  ["Reshape", ["x", ints(5, -1)], {}, /Reshape "n": reshape: shape \[1, 3, 8\] has 24 elements/],
  ["Reshape", [ints(1, 2, 3), ints(2, -1)], {}, /shape \[3\] does not fit \[2, 1.5\]/],
  ["Flatten", ["x"], { axis: { int: 4 } }, /axis 4 is outside -3..2/],
  ["Squeeze", ["x", ints(1)], {}, /axis 1 of shape \[1, 3, 8\] is not of length 1/],
  ["Squeeze", ["x", ints(0, -3)], {}, /axes \[0, 0\] name one axis twice/],
  ["Unsqueeze", ["x"], {}, /it says no axes/],
  ["Unsqueeze", ["x", ints(5)], {}, /axis 5 is outside -4..3/],
  ["Expand", ["x", ints(-1, 3, 8)], {}, /shape \[-1, 3, 8\] has negative lengths/],
  ["Expand", ["x", ints(2, 8)], {}, /Expand: shapes \[1, 3, 8\] and \[2, 8\] do not broadcast/],
  ["Expand", [int(1), ints(2 ** 12, 2 ** 11)], {}, /it asks for 8388608 constant numbers; at most 4194304/],
  [
    "Dropout",
    ["x", float(0.5), tensor([1], { shape: [] })],
    {},
    /training_mode is true\); the file is of a network in training/,
  ],
  ["SequenceAt", ["x", ints(1)], {}, /it picks from a sequence that no SplitToSequence makes/],
  ["Transpose", ["x"], { perm: { ints: [0, 1, 1] } }, /perm \[0, 1, 1\] does not name each of 3 axes once/],
  ["Concat", ["x", "x"], {}, /it says no axis/],
  ["Concat", [ints(1), int(1)], { axis: { int: 0 } }, /shapes \[1\], \[\] differ on another axis than 0/],
  ["Split", ["x", ints(3, 4)], { axis: { int: 2 } }, /parts \[3, 4\] do not add up to the length 8/, 17, 2],
  ["Split", ["x"], { axis: { int: 2 } }, /length 8 is not split into 3 parts/, 17, 3],
  ["Split", ["x"], { axis: { int: 1 }, num_outputs: { int: 3 } }, /it makes 3 parts for 2 outputs/, 18, 2],
  ["Split", ["x", ints(1, 2)], { axis: { int: 1 }, num_outputs: { int: 2 } }, /exclude each other/, 18, 2],
  ["Gather", ["x", "x"], {}, /its indices depend on the data/],
  ["Gather", ["x", ints(2, -4)], { axis: { int: 1 } }, /index -4 is outside -3..2/],
  ["GatherND", ["x", "x"], {}, /its indices depend on the data/],
  ["GatherND", ["x", ints(0, 3)], {}, /index 3 is outside -3..2/],
  ["GatherND", ["x", ints(0, 0, 0, 0)], {}, /indices of shape \[4\] are no places in an input of shape \[1, 3, 8\]/],
  ["GatherND", ["x", ints(0)], { batch_dims: { int: 1 } }, /batch_dims 1 is not read here/],
  ["Tile", ["x", ints(1, 2)], {}, /repeats \[1, 2\] should be a count for each axis of shape \[1, 3, 8\]/],
  ["Tile", ["x", ints(1, 1, 5000)], {}, /it repeats an axis 5000 times/],
  ["Tile", [ints(1), ints(2 ** 23)], {}, /it repeats an axis 8388608 times/],
  ["Slice", ["x", ints(0), ints(1), ints(2), ints(0)], {}, /a step is 0/],
  ["Slice", ["x", ints(0), ints(1, 2)], {}, /its starts, ends, axes and steps are 1, 2, 1 and 1/],
  ["Slice", ["x", ints(0, 0), ints(1, 2), ints(2, -1)], {}, /axes \[2, 2\] name one axis twice/],
  ["Slice", ["x", "x", ints(1)], {}, /its starts depend on the data/],
  ["Slice", ["x"], {}, /it says no starts/, 9],
  ["Constant", [], { value_string: { string: "word" } }, /it has no value of numbers/],
  ["ConstantOfShape", [ints(2 ** 22, 2)], {}, /it asks for 8388608 constant numbers/],
  ["ConstantOfShape", [ints(2, -1)], {}, /shape \[2, -1\] has something else than non-negative integers/],
  ["ConstantOfShape", ["x"], {}, /its shape depend on the data/],
  ["ConstantOfShape", [ints(1)], { value: { tensor: ints(1, 2) } }, /its value should be one number, has 2/],
  ["Range", [int(0), int(2 ** 40), int(1)], {}, /it asks for 1099511627776 constant numbers/],
  ["Range", [int(0), int(3), int(0)], {}, /start 0, limit 3, delta 0 are no range/],
  ["NonZero", ["x"], {}, /its numbers depend on the data/],
  ["Cast", ["x"], {}, /it says no type to cast to/],
  ["Cast", ["x"], { to: { int: 8 } }, /it casts to STRING/],
  ["Cast", ["x"], { to: { int: 17 } }, /it casts to float8_e4m3fn/],
  ["Cast", [float(Number.NaN)], { to: { int: 7 } }, /a result is NaN, which is no int64/],
  ["Mod", ["x", "x"], {}, /its numbers depend on the data/],
  ["Mod", [ints(3), ints(0)], {}, /a result is NaN, which is no int64/],
  ["Div", [ints(3), ints(0)], {}, /a result is Infinity, which is no int64/],
  ["Add", ["x", ints(1)], {}, /float32 and int64 do not mix/],
  ["Add", [ints(1, 2), ints(1, 2, 3)], {}, /shapes \[2\] and \[3\] do not broadcast/],
  ["Add", [ints(1)], {}, /input 1 is missing/],
  ["Less", [], {}, /input 0 is missing/],
  ["Max", [], {}, /input 0 is missing/],
  ["Clip", ["x", ints(1, 2)], {}, /its min should be one number, got 2/],
  ["CumSum", ["x", ints(1, 2)], {}, /its axis should be one number, got 2/],
  ["CumSum", ["x", int(3)], {}, /axis 3 is outside -3..2/],
  ["Gelu", ["x"], { approximate: { string: "fast" } }, /approximate fast is neither none nor tanh/],
  ["Celu", ["x"], { alpha: { float: 0 } }, /alpha is 0/],
  ["PRelu", ["x", full([2, 1, 3, 1], 0.5)], {}, /a slope of shape \[2, 1, 3, 1\] does not broadcast to \[1, 3, 8\]/],
  ["Softmax", ["x"], { axis: { int: 3 } }, /axis 3 is outside -3..2/],
  ["LeakyRelu", ["x"], { alpha: { int: 1 } }, /attribute "alpha" should be of kind float, is int/],
];

describe("refused", () => {
  test.each(refused)("%s %#", (op, inputs, attributes, message, opset, outputs) => {
    const read = () => importOnnx(single(op, inputs, attributes, opset, outputs));
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^importOnnx: /);
  });
});

test("damaged files are refused, or are others", () => {
  const shape = node("Shape", ["x"], {}, ["s"]);
  const cut = node("Slice", ["s", "from", "to"], {}, ["c"], "");
  const more = node("Concat", ["c", "from"], { axis: { int: 0 } }, ["m"], "");
  const repeated = node("Expand", ["x", "m"], {}, ["y"], "");
  const initializers = new Map([["from", ints(1)], ["to", ints(3)]]); // biome-ignore format: one line
  survives(file([shape, cut, more, repeated], initializers), importOnnx);
});

describe("what a small file can ask for", () => {
  test("many times many numbers", () => {
    const initializers = new Map([["shape", ints(2 ** 22)]]);
    const zeros = Array.from({ length: 20 }, (_, i) => node("ConstantOfShape", ["shape"], {}, [`z${i}`], `zeros ${i}`));
    const sum = node("Sum", [...zeros.keys()].map((i) => `z${i}`)); // biome-ignore format: one line
    expect(() => importOnnx(file([...zeros, sum], initializers))).toThrow(
      /"zeros 8": shapes and constants come to more/,
    );
  });

  test("a signal of doubling length is not built to see whether it can be", () => {
    const doublings = Array.from({ length: 40 }, (_, i) =>
      node("Concat", [i ? `d${i - 1}` : "x", i ? `d${i - 1}` : "x"], { axis: { int: 2 } }, [`d${i}`]),
    );
    const cut = node("Slice", ["d39"], { starts: { ints: [1] }, ends: { ints: [-1] }, axes: { ints: [2] } });
    expect(importOnnx(file([...doublings, cut], new Map(), 9)).outputs.length).toBe(1);
  });

  test("nor is an input that nobody has", () => {
    const cut = node("Slice", ["x"], { starts: { ints: [1] }, ends: { ints: [-1] }, axes: { ints: [2] } });
    expect(importOnnx(file([cut], new Map(), 9, [1, 1, 2 ** 31])).inputs[0]!.shape).toEqual([1, 1, 2 ** 31]);
  });
});

test("what does not fit the caller's inputs is no fault of the file", () => {
  const net = importOnnx(single("Reshape", ["x", ints(24)]));
  expect(() => net.forward(full([1, 3, 9], 1))).toThrow(ShapeError);
  expect(() => net.forward(full([1, 3, 8], 1, { dtype: "float64" }))).toThrow(DTypeError);
  expect(() => net.forward(full([1, 3, 8], 1, { dtype: "float64" }))).toThrow(/input "x" is float32, got float64/);
});

test("a slice that runs backwards and takes nothing is empty", () => {
  const bytes = single("Slice", ["x", ints(-1), ints(-1), ints(2), ints(-2)]);
  expect(importOnnx(bytes).forward(full([1, 3, 8], 1)).shape).toEqual([1, 3, 0]);
});

describe("a part of a split", () => {
  const picked = (split: Tensor | null, position: Tensor, axis: number) => {
    const initializers = new Map([["p", position], ...(split ? [["s", split] as const] : [])]);
    const parts = node("SplitToSequence", split ? ["x", "s"] : ["x"], { axis: { int: axis } }, ["parts"]);
    return file([parts, node("SequenceAt", ["parts", "p"])], initializers);
  };
  test.each([
    [ints(1, 1), ints(0), 1, /SequenceAt ".*": parts \[1, 1\] do not add up to the length 3 of its axis/],
    [ints(-1, 4), ints(0), 1, /split \[-1, 4\] has negative lengths/],
    [tensor(BigInt64Array.of(0n), { shape: [] }), ints(0), 1, /split is 0/],
    [null, ints(3), 1, /position 3 is outside a sequence of 3 parts/],
    [null, ints(0), 3, /axis 3 is outside -3..2/],
  ])("%s", (split, position, axis, message) => {
    expect(() => importOnnx(picked(split, position, axis))).toThrow(message);
  });

  test("one of very many is not listed", () => {
    const nodes = [node("SplitToSequence", ["x"], { axis: { int: 2 } }, ["parts"]), node("SequenceAt", ["parts", "p"])];
    const bytes = file(nodes, new Map([["p", ints(5)]]), 17, [1, 1, 2 ** 40]);
    expect(importOnnx(bytes).inputs[0]!.shape).toEqual([1, 1, 2 ** 40]);
  });

  test("the sequence itself is no output", () => {
    const parts = node("SplitToSequence", ["x"], {}, ["y"]);
    expect(() => importOnnx(file([parts], new Map()))).toThrow(/there is no reader for SplitToSequence/);
  });
});
