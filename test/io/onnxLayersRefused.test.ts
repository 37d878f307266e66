/** What operators about layers, windows, reductions, padding, resampling and recurrences refuse, and with which words. */
import { arange, FormatError, full, ones, randn, ShapeError, type Tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";
import { importOnnx } from "../../src/io/onnx/import/importOnnx.ts";
import { type Attributes, file, floats, type Input, ints, type Node } from "./onnxNodes.ts";
import { survives } from "./wire.ts";

const int = (value: number) => ({ int: value });
const list = (...values: number[]) => ({ ints: values });
const text = (value: string) => ({ string: value });
const norm = [ones([3]), zeros([3]), zeros([3]), ones([3])];
const window = { kernel_shape: list(3) };
const scales = floats(1, 1, 2);
// Over the channels of x as moments: (1, 3, 8) is (moments, batch, features).
const lstm = ["x", randn([1, 8, 8]), randn([1, 8, 2])];
const heads = [ones([1, 2, 3, 4]), ones([1, 2, 3, 4]), ones([1, 2, 3, 4])];
const gru = ["x", randn([1, 6, 8]), randn([1, 6, 2])];

const refused: [string, readonly Input[], Attributes, RegExp, number?, number?][] = [
  ["Gemm", ["x", ones([8, 2])], {}, /it multiplies matrices, but got shapes \[1, 3, 8\] and \[8, 2\]/],
  ["Gemm", [ones([2, 3]), ones([3, 4]), ones([5])], {}, /C of shape \[5\] does not broadcast to \[2, 4\]/],
  ["Gemm", [ones([2, 3]), ones([3, 4]), ones([1, 2, 4])], {}, /C of shape \[1, 2, 4\] does not broadcast/],
  ["MatMul", ["x", ones([])], {}, /it multiplies matrices, but got shapes \[1, 3, 8\] and \[\]/],
  ["MatMul", ["x", ones([7, 2])], {}, /MatMul "n": linear: expected an input \(…, 7\), got shape \[1, 3, 8\]/],
  ["MatMul", [ones([2, 2]), "x"], {}, /matmul: the columns of the first \(2\) must be the rows of the second \(3\)/],
  ["MatMul", [ones([2, 4, 3]), ones([3, 3, 5])], {}, /MatMul: shapes \[2\] and \[3\] do not broadcast/],
  [
    "BatchNormalization",
    ["x", ...norm],
    { training_mode: int(1) },
    /\(training_mode is 1\); the file is of a network in training mode: export it after \.eval\(\)/,
  ],
  ["BatchNormalization", ["x", ...norm], { spatial: int(0) }, /for every sample \(spatial is 0\)/, 7],
  [
    "BatchNormalization",
    ["x", ...norm],
    {},
    /it also makes statistics of the batch, .* the file is of a network in training mode/,
    9,
    3,
  ],
  ["BatchNormalization", ["x", ...norm], {}, /it should make 2 outputs, of which 1 are made here/, 14, 2],
  ["BatchNormalization", ["x", ones([3]), zeros([3]), zeros([4]), ones([3])], {}, /running mean/],
  ["BatchNormalization", [ones([1, 3, 2, 2]), ...norm], {}, /its input is \(N, C\) or \(N, C, L\) here, but has shape/],
  ["InstanceNormalization", [ones([1, 3]), ones([3]), ones([3])], {}, /its input should be \(N, C, L\), but has shape/],
  ["GroupNormalization", ["x", ones([3]), ones([3])], {}, /it says no num_groups/, 21],
  [
    "GroupNormalization",
    ["x", ones([2]), ones([2])],
    { num_groups: int(2) },
    /3 channels are not cut into 2 groups/,
    18,
  ],
  ["GroupNormalization", ["x", ones([1]), ones([1])], { num_groups: int(1) }, /weight/, 21],
  ["LayerNormalization", ["x", ones([8])], {}, /it should make 3 outputs, of which 1 are made here/, 17, 3],
  ["LayerNormalization", ["x", ones([2, 3, 8])], {}, /its scale \[2, 3, 8\] or bias does not broadcast to \[1, 3, 8\]/],
  ["LayerNormalization", ["x", ones([8])], { axis: int(3) }, /axis 3 is outside -3..2/],
  ["LpNormalization", ["x"], { p: int(3) }, /p 3 is neither 1 nor 2/],
  ["MeanVarianceNormalization", ["x"], {}, /axis 3 is outside -3..2/],
  ["MaxPool", ["x"], {}, /it says no kernel_shape/],
  ["MaxPool", ["x"], window, /it should make 2 outputs, of which 1 are made here/, 17, 2],
  ["MaxPool", ["x"], { kernel_shape: list(2, 2) }, /kernel_shape \[2, 2\] should have 1 entries/],
  ["MaxPool", ["x"], { ...window, strides: list(0) }, /strides 0 and dilations 1 should be positive/],
  ["MaxPool", ["x"], { kernel_shape: list(9) }, /maxPool1d: the output length would be 0/],
  ["MaxPool", ["x"], { ...window, pads: list(0, 2 ** 30) }, /it pads by 1073741824 samples; at most 4194304/],
  ["MaxPool", [ones([1, 3, 8, 8])], window, /its input has shape \[1, 3, 8, 8\]; only one dimension/],
  [
    "AveragePool",
    ["x"],
    { kernel_shape: list(2 ** 40), ceil_mode: int(1) },
    /its windows of 1099511627776 samples are/,
  ],
  ["AveragePool", ["x"], { ...window, auto_pad: text("SAME") }, /auto_pad SAME is none of NOTSET, VALID/],
  ["Einsum", ["x"], { equation: text("...t->t") }, /equation "...t->t" is not read here: only different letters/],
  ["Einsum", ["x"], { equation: text("aab->b") }, /equation "aab->b" is not read here/],
  ["Einsum", ["x"], { equation: text("abc->abd") }, /equation "abc->abd" is not read here/],
  ["Einsum", ["x", "x", "x"], { equation: text("abc,abc,abc->abc") }, /it has 3 inputs for the equation/],
  ["Einsum", ["x"], { equation: text("ab->ab") }, /its equation has "ab" for shape \[1, 3, 8\]/],
  ["Einsum", ["x", ones([4])], { equation: text("abc,b->ac") }, /axis "b" has the lengths 3 and 4/],
  ["RMSNormalization", ["x", ones([2, 3, 8])], {}, /its scale \[2, 3, 8\] does not broadcast to \[1, 3, 8\]/, 23],
  ["Attention", ["x", "x", "x"], {}, /its inputs should be \(N, H, L, E\) with as many heads H, got \[1, 3, 8\]/, 23],
  ["Attention", [...heads, ones([1, 3, 2, 4])], { is_causal: int(1) }, /is_causal is 1, which is not read here/, 23],
  ["Attention", heads, { softcap: { float: 2 } }, /it bounds its scores \(softcap\)/, 23],
  ["Attention", [...heads, null, ...heads.slice(1)], {}, /it has keys and values of the past/, 23],
  ["Attention", [...heads, ints(1)], {}, /its mask is int64, where only float32 is read here/, 23],
  ["DepthToSpace", [ones([1, 6, 1, 2])], { blocksize: int(2) }, /6 channels are not made of blocks of 2 × 2/],
  ["DepthToSpace", [ones([1, 4, 1, 2])], { blocksize: int(2), mode: text("X") }, /mode X is neither DCR nor CRD/],
  ["DepthToSpace", ["x"], { blocksize: int(2) }, /its input should be \(N, C, H, W\), but has shape \[1, 3, 8\]/],
  ["SpaceToDepth", [ones([1, 1, 1, 2])], { blocksize: int(2) }, /shape \[1, 1, 1, 2\] is not made of blocks of 2 × 2/],
  ["SpaceToDepth", [ones([1, 1, 1, 2])], { blocksize: int(0) }, /blocksize 0 is not read here/],
  ["GlobalAveragePool", [ones([2, 3])], {}, /its input should be \(N, C, L\), but has shape \[2, 3\]/],
  ["ReduceProd", ["x"], {}, /products of data are not computed here, only those of shapes and constants/],
  ["ReduceSum", ["x", ints(1, -2)], {}, /axes \[1, 1\] name one axis twice/],
  ["ReduceMean", ["x"], { axes: list(3) }, /axis 3 is outside -3..2/],
  ["ReduceSum", ["x", "x"], {}, /its axes depend on the data/],
  ["ReduceMax", [ints()], {}, /a result is -Infinity, which is no int64/],
  ["ArgMax", ["x"], { select_last_index: int(1) }, /it wants the last of equal numbers \(select_last_index is 1\)/],
  ["ArgMin", [ints()], {}, /there is nothing to compare along axis 0 of \[0\]/],
  ["Pad", ["x"], {}, /it says no pads/],
  ["Pad", ["x", ints(1, 2)], {}, /pads \[1, 2\] should be two numbers for each of 3 axes/],
  ["Pad", ["x", ints(1, 2), null, ints(3)], {}, /axis 3 is outside -3..2/, 18],
  ["Pad", ["x", ints(1, 2, 1, 2), null, ints(1, -2)], {}, /axes \[1, 1\] name one axis twice/, 18],
  ["Pad", ["x", ints(0, 0, 0, 0, 0, 2 ** 23)], {}, /it pads by 8388608 samples; at most 4194304 are added here/],
  [
    "Pad",
    ["x", ints(0, 0, 1, 0, 0, 0)],
    { mode: text("mirror") },
    /mode mirror is none of constant, reflect, edge, wrap/,
  ],
  ["Pad", ["x", ints(0, 0, 9, 0, 0, 0)], { mode: text("reflect") }, /reflect padding \[9, 0\] must be less than/],
  ["Pad", ["x", ints(0, 0, -5, 0, 0, -5)], {}, /pad: \[-5, -5\] leaves nothing of shape \[1, 3, 8\]/],
  ["Resize", ["x", null, scales], { mode: text("cubic") }, /mode cubic is not read here, only nearest and linear/],
  ["Resize", ["x", null, scales], { antialias: int(1) }, /antialias is 1, which is not read here/, 18],
  ["Resize", ["x", null, scales], { exclude_outside: int(1) }, /exclude_outside is 1, which is not read here/],
  ["Resize", ["x", null, null, ints(1, 3, 9)], { keep_aspect_ratio_policy: text("not_larger") }, /not_larger/, 18],
  ["Resize", ["x", null, scales], { nearest_mode: text("up") }, /nearest_mode up is not read here/],
  ["Resize", ["x"], {}, /it should have either scales or sizes/],
  ["Resize", ["x", null, scales, ints(1, 3, 9)], {}, /it should have either scales or sizes/],
  ["Resize", ["x", null, floats(1, 2)], {}, /scales \[1, 2\] should be one for each of 3 axes/],
  [
    "Resize",
    ["x", null, floats(1, 2, 2)],
    {},
    /it resamples several axes of shape \[1, 3, 8\]; only one, which is time/,
  ],
  ["Resize", ["x", null, floats(1, 1, -1)], {}, /it makes -8 of 8 samples, which is not read here/],
  ["Resize", ["x", null, null, ints(1, 3, 2 ** 40)], {}, /it makes 1099511627776 of 8 samples/],
  ["Resize", ["x", null, floats(1, 1, Number.NaN)], {}, /it makes NaN of 8 samples/],
  ["Upsample", ["x", "x"], {}, /its scales depend on the data/, 9],
  [
    ...(["Resize", ["x", null, scales]] as const),
    { coordinate_transformation_mode: text("tf_crop_and_resize") },
    /coordinate_transformation_mode tf_crop_and_resize is not read here/,
  ],
  ["LSTM", [...lstm, null, ints(5)], {}, /sequence_lens \[5\] differ from the length 1, which is not read here/],
  ["LSTM", [...lstm, null, "x"], {}, /its sequence_lens depend on the data/],
  ["LSTM", [...lstm, null, null, null, null, zeros([1, 6])], {}, /its gates look at the cell \(P is given\)/],
  ["LSTM", lstm, { clip: { float: 1 } }, /it clips its gates \(clip\)/],
  ["LSTM", lstm, { input_forget: int(1) }, /input_forget is 1/],
  [
    "LSTM",
    lstm,
    { activations: { strings: ["Sigmoid", "Relu", "Tanh"] } },
    /activations Sigmoid, Relu, Tanh are not read/,
  ],
  ["LSTM", lstm, { direction: text("both") }, /direction both is none of forward, reverse, bidirectional/],
  ["LSTM", lstm, { direction: text("bidirectional") }, /its W should have shape \[2, 8, 8\], but has \[1, 8, 8\]/],
  ["LSTM", lstm, { hidden_size: int(3) }, /its W should have shape \[1, 12, 8\], but has \[1, 8, 8\]/],
  ["LSTM", lstm, { hidden_size: int(0) }, /hidden_size 0 should be positive/],
  ["LSTM", [...lstm, zeros([1, 8])], {}, /its B should have shape \[1, 16\], but has \[1, 8\]/],
  [
    "LSTM",
    [...lstm, null, null, zeros([1, 2, 2])],
    {},
    /input 5 should be a state of shape \[1, 3, 2\], got \[1, 2, 2\]/,
  ],
  ["GRU", ["x", gru[1]!, randn([1, 6, 3])], {}, /its W should have shape \[1, 9, 8\], but has \[1, 6, 8\]/],
  ["GRU", ["x", randn([1, 6, 7]), gru[2]!], {}, /expected an input \(…, …, 7\), got shape \[1, 3, 8\]/],
  ["GRU", gru, { activations: { strings: ["Sigmoid"] } }, /activations Sigmoid are not read here, only sigmoid, tanh/],
];

const named = (count: number): string[] => ["y", ...Array.from({ length: count - 1 }, (_, i) => `y${i}`)];

describe("refused", () => {
  test.each(refused)("%s %#", (op, inputs, attributes, message, opset = 17, outputs = 1) => {
    const read = () => importOnnx(file([[op, inputs, attributes, named(outputs)]], { opset }));
    expect(read).toThrow(FormatError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^importOnnx: /);
  });
});

describe("LSTM and GRU with the batch first", () => {
  const x = arange(24).div(12).sub(1).reshape([1, 3, 8]);
  test.each([
    ["LSTM", 4, 2],
    ["GRU", 3, 1],
  ])("%s", (op, gates, states) => {
    const weights = [randn([2, gates * 2, 8]), randn([2, gates * 2, 2]), randn([2, gates * 4])];
    const initial = Array.from({ length: states }, () => randn([2, 1, 2]));
    const outputs = ["y", "h", "c"].slice(0, states + 1);
    const read = (layout: number): Tensor[] => {
      const turned = (state: Tensor): Tensor => (layout ? state.permute([1, 0, 2]) : state);
      const inputs = [layout ? "x" : "moments", ...weights, null, ...initial.map(turned)];
      const node: Node = [op, inputs, { direction: text("bidirectional"), layout: int(layout) }, outputs];
      const before: Node = ["Transpose", ["x"], { perm: list(1, 0, 2) }, ["moments"]];
      const net = importOnnx<Tensor[]>(file(layout ? [node] : [before, node], { outputs }));
      const [all, ...last] = net.forward(x);
      return layout ? [all!.permute([1, 2, 0, 3]), ...last.map((state) => state.permute([1, 0, 2]))] : [all!, ...last];
    };
    const [first, second] = [read(0), read(1)];
    expect(second.map(({ shape }) => shape)).toEqual(first.map(({ shape }) => shape));
    expect(second.map((each) => each.dataSync())).toEqual(first.map((each) => each.dataSync()));
  });
});

test("windows of many taps are not written down", () => {
  const pool: Node = ["AveragePool", ["x"], { kernel_shape: list(2 ** 16) }];
  expect(() => importOnnx(file([pool], { shape: [1, 2048, 2 ** 16] }))).toThrow(
    /its 2048 windows of 65536 samples are more than 67108864 taps/,
  );
});

test("damaged files are refused, or are others", () => {
  const pooled: Node = ["MaxPool", ["x"], { ...window, pads: list(2, 0), ceil_mode: int(1) }, ["a"]];
  const padded: Node = ["Pad", ["a", ints(0, 0, 1, 0, 0, 2)], { mode: text("reflect") }, ["b"]];
  const larger: Node = ["Resize", ["b", null, floats(1, 1, 1.5)], { mode: text("linear") }, ["c"]];
  const summed: Node = ["ReduceSum", ["c", ints(1)], { keepdims: int(1) }, ["d"]];
  survives(file([pooled, padded, larger, summed, ["LSTM", ["d", randn([1, 4, 9]), randn([1, 4, 1])]]]), importOnnx);
});

test("what does not fit the caller's inputs is no fault of the file", () => {
  const net = importOnnx(file([["MaxPool", ["x"], { kernel_shape: list(5) }]], { shape: [1, 3, "L"] }));
  expect(net.forward(full([1, 3, 5], 2)).dataSync()).toEqual(new Float32Array(3).fill(2));
  expect(() => net.forward(full([1, 3, 4], 2))).toThrow(ShapeError);
  expect(() => net.forward(full([1, 3, 4], 2))).toThrow(/^MaxPool "n": maxPool1d: the output length would be 0/);
});
