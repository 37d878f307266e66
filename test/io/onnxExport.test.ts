import {
  arange,
  F,
  GraphError,
  gradients,
  manualSeed,
  nn,
  noGrad,
  OptionError,
  OptionTypeError,
  ones,
  randn,
  type Tensor,
  tensor,
  zeros,
} from "atrous";
import { exportOnnx, importOnnx } from "atrous/io";
import { describe, expect, test } from "vitest";
import { rowOf } from "../../src/io/onnx/export/rows/index.ts";
import { decodeModel, type OnnxGraph } from "../../src/io/onnx/proto/index.ts";
import { onnxCases } from "../cases/onnx.ts";
import { networks } from "../networks/index.ts";
import { expectClose } from "./close.ts";

const graphOf = (bytes: Uint8Array): OnnxGraph => decodeModel(bytes).graph;
const operators = (bytes: Uint8Array): string[] => graphOf(bytes).nodes.map(({ opType }) => opType);
const conv = (): nn.Conv1d => new nn.Conv1d(4, 6, 3, { padding: 1 });

/** onnxruntime computes the same, see test/live; here the way back through our own import, at other lengths than that of the example. */
describe("what is exported and imported again computes the same", () => {
  test.each(onnxCases)("$name", ({ make, shape, others, dynamic }) => {
    manualSeed(7);
    const net = make();
    if (net instanceof nn.Module) net.eval();
    const again = importOnnx(exportOnnx(net, shape, dynamic ? { dynamic } : {}));
    for (const each of [shape, ...others]) {
      const x = randn(each);
      const expected = noGrad(() => (net instanceof nn.Module ? net.forward(x) : net(x)));
      expectClose(
        noGrad(() => again.forward(x)),
        expected,
        1e-5,
        `[${each}]`,
      );
    }
  });

  test.each(networks)("$name", ({ make, channels, lengths }) => {
    const net = make();
    const again = importOnnx(exportOnnx(net, [1, channels, lengths[0]!]));
    const x = randn([2, channels, lengths.at(-1)!]);
    const [expected, actual] = noGrad(() => [net.forward(x), again.forward(x)]) as [Tensor, Tensor];
    expectClose(actual, expected, 1e-5, "");
  });
});

describe("the file", () => {
  test("says what is free, names the weights as the network does, and folds the bias in", () => {
    const net = new nn.Sequential(conv(), new nn.LeakyReLU(0.2), new nn.Conv1d(6, 2, 4, { stride: 2, bias: false }));
    const { inputs, outputs, initializers, nodes, name } = graphOf(exportOnnx(net, [1, 4, 32]));
    expect(inputs).toEqual([{ name: "input", dtype: "float32", shape: ["N", 4, "L"] }]);
    expect(outputs).toEqual([{ name: "output", dtype: "float32", shape: ["N", 2, "length_2"] }]);
    expect([...initializers.keys()]).toEqual(["0.weight", "0.bias", "2.weight"]);
    expect(nodes.map(({ opType }) => opType)).toEqual(["Conv", "LeakyRelu", "Conv"]);
    expect(name).toBe("Sequential");
    expect(initializers.get("0.weight")!.toArray()).toEqual((net.at(0) as nn.Conv1d).weight.toArray());
  });

  test("is of opset 17, and keeps the strings given", () => {
    const { opsets, irVersion, producer, metadata } = decodeModel(
      exportOnnx(conv(), [1, 4, 9], { metadata: { sample_rate: "16000" } }),
    );
    expect([...opsets]).toEqual([["", 17]]);
    expect({ irVersion, producer }).toEqual({ irVersion: 8, producer: "atrous" });
    expect([...metadata]).toEqual([["sample_rate", "16000"]]);
  });

  test("fixes all lengths, or some, or names them, on demand", () => {
    const shapeOf = (options: object, net: nn.Module = conv()) =>
      graphOf(exportOnnx(net, [1, 4, 12], options)).inputs[0]!.shape;
    expect(shapeOf({ dynamic: false })).toEqual([1, 4, 12]);
    expect(shapeOf({ dynamic: [{ 2: "frames" }] })).toEqual([1, 4, "frames"]);
    const flat = new nn.Sequential(conv(), new nn.Flatten(), new nn.Linear(72, 3));
    expect(shapeOf({}, flat), "a network that takes one length only").toEqual(["N", 4, 12]);
  });

  test("takes other names, for several inputs and outputs", () => {
    const net = (x: Tensor, y: Tensor) => [x.add(y), F.mean(x, -1)];
    const shapes = [
      [1, 2, 8],
      [1, 2, 8],
    ];
    const { inputs, outputs } = graphOf(
      exportOnnx(net as never, shapes, { inputNames: ["a", "b"], outputNames: ["sum", "mean"] }),
    );
    expect(inputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["a", ["N", 2, "L"]],
      ["b", ["N", 2, "L"]],
    ]);
    expect(outputs.map(({ name, shape }) => [name, shape])).toEqual([
      ["sum", ["N", 2, "L"]],
      ["mean", ["N", 2]],
    ]);
    const [sum, mean] = importOnnx<Tensor[]>(exportOnnx(net as never, shapes)).forward(
      tensor([[[1, 2]]].flatMap(([a]) => [[a!, a!]])),
      tensor([
        [
          [3, 4],
          [5, 6],
        ],
      ]),
    );
    expect(sum!.toArray()).toEqual([
      [
        [4, 6],
        [6, 8],
      ],
    ]);
    expect(mean!.toArray()).toEqual([[1.5, 1.5]]);
  });

  test("has outputs that are inputs, constants or one another", () => {
    const weight = randn([1, 2, 1]);
    const net = (x: Tensor) => [x, weight, x.add(1), x.add(1).detach()];
    const same = (x: Tensor) => {
      const y = F.relu(x);
      return [y, y];
    };
    const x = randn([2, 2, 5]);
    const results = importOnnx<Tensor[]>(exportOnnx(net as never, [1, 2, 8])).forward(x);
    for (const [i, expected] of [x, weight, x.add(1), x.add(1)].entries())
      expectClose(results[i]!, expected, 1e-6, `${i}`);
    const bytes = exportOnnx(same as never, [1, 2, 8]);
    expect(operators(bytes)).toEqual(["Relu", "Identity"]);
    expect(
      importOnnx<Tensor[]>(bytes)
        .forward(x)
        .map((y) => y.sub(F.relu(x)).abs().max().item()),
    ).toEqual([0, 0]);
  });

  test("is the same for the same network", () => {
    const net = conv();
    expect(exportOnnx(net, [1, 4, 16])).toEqual(exportOnnx(net, [1, 4, 16]));
  });

  test("has the rule of SAME where padding follows the length", async () => {
    const { Conv1d } = await import("atrous/mindspore");
    const layer = new Conv1d(2, 3, 5, { stride: 3, padMode: "same" });
    const bytes = exportOnnx(layer as never, [1, 2, 16]);
    expect(graphOf(bytes).nodes[0]!.attributes.get("auto_pad")).toEqual({ string: "SAME_UPPER" });
    const x = randn([2, 2, 17]);
    expectClose(importOnnx(bytes).forward(x), layer.forward(x) as Tensor, 1e-6, "");
    const dilated = new Conv1d(2, 3, 5, { stride: 3, dilation: 2, padMode: "same" });
    expect(() => exportOnnx(dilated as never, [1, 2, 16])).toThrow("by the rule of SAME without dilation");
  });

  test("has the weights of recurrences in the element type of the input", () => {
    for (const layer of [new nn.LSTM(3, 2, { dtype: "float64" }), new nn.GRU(3, 2, { dtype: "float64" })]) {
      const bytes = exportOnnx((x: Tensor) => layer.forward(x)[0], [4, 1, 3], { dtype: "float64", dynamic: false });
      expect(new Set([...graphOf(bytes).initializers.values()].map(({ dtype }) => dtype))).toContain("float64");
      expect([...graphOf(bytes).initializers.values()].map(({ dtype }) => dtype)).not.toContain("float32");
      const x = randn([4, 1, 3], { dtype: "float64" });
      expectClose(importOnnx(bytes).forward(x), layer.forward(x)[0], 1e-14, "");
    }
  });

  test("has a function of atrous as one operator where ONNX has one", () => {
    const net = (x: Tensor) => F.avgPool1d(F.maxPool1d(F.elu(F.softmax(x, 1)), 3), 2);
    expect(operators(exportOnnx(net, [1, 4, 32]))).toEqual(["Softmax", "Elu", "MaxPool", "AveragePool"]);
  });
});

test("an output inside the network can be asked for by its name; anything else than names is an error", () => {
  const bytes = exportOnnx(new nn.Sequential(conv(), new nn.Tanh()), [1, 4, 9]);
  const x = randn([1, 4, 9]);
  const [inner, outer] = [importOnnx(bytes, { outputs: ["conv"] }), importOnnx(bytes)];
  expectClose(F.tanh(inner.forward(x)), outer.forward(x), 1e-6, "");
  expect(() => importOnnx(bytes, { outputs: "conv" as never })).toThrow(OptionTypeError);
  expect(() => importOnnx(bytes, { outputs: ["other"] })).toThrow('importOnnx: nothing makes the output "other"');
});

test("functions near 0 keep their digits", () => {
  const near = importOnnx(exportOnnx((x) => F.cat([F.log1p(x), F.expm1(x)], 0), [3]));
  const [x, big] = [1e-6, Number.POSITIVE_INFINITY];
  const [a, b, c, d, e, f] = near.forward(tensor([x, -x, big])).toArray<number[]>();
  for (const [got, wanted] of [
    [a!, x],
    [b!, -x],
    [d!, x],
    [e!, -x],
  ] as const)
    expect(got / wanted).toBeCloseTo(1, 5);
  expect([c, f]).toEqual([big, big]);
});

test("axes moved there and back are not moved", () => {
  const net = (x: Tensor) => F.relu(x.transpose(1, 2)).transpose(1, 2).permute([2, 0, 1]).permute([1, 2, 0]);
  expect(operators(exportOnnx(net, [1, 4, 9]))).toEqual(["Transpose", "Relu", "Transpose"]);
});

describe("a network from a file", () => {
  /** Frames in blocks and the state before them; (3, N, H) in the file, as recurrences of several layers have it. */
  const recurrent = (): Uint8Array => {
    const net = (x: Tensor, state: Tensor): Tensor => x.add(F.sum(state, 0).reshape([state.shape[1]!, 4, 1]));
    return exportOnnx(
      net,
      [
        [2, 4, 9],
        [3, 2, 4],
      ],
      { dynamic: [{ 0: "batch", 2: "time" }, { 1: "batch" }], inputNames: ["x", "h"] },
    );
  };

  test("frees the batch wherever the file names it", () => {
    const shapes = [
      [1, 4, 9],
      [3, 1, 4],
    ];
    const { inputs } = graphOf(exportOnnx(importOnnx(recurrent()), shapes));
    expect(inputs.map(({ shape }) => shape)).toEqual([
      ["N", 4, "L"],
      [3, "N", 4],
    ]);
    const again = importOnnx(exportOnnx(importOnnx(recurrent()), shapes));
    const [x, state] = [randn([5, 4, 12]), randn([3, 5, 4])];
    expectClose(again.forward(x, state), x.add(F.sum(state, 0).reshape([5, 4, 1])), 1e-6, "");
  });

  test("keeps what the file fixes", () => {
    const file = importOnnx(exportOnnx(conv(), [2, 4, 9], { dynamic: [{ 2: "time" }] }));
    expect(graphOf(exportOnnx(file, [2, 4, 9])).inputs[0]!.shape).toEqual([2, 4, "L"]);
  });
});

test("a state that is the same for the whole batch is written once, and repeated", () => {
  const state = randn([1, 6]);
  const net = (x: Tensor): Tensor => x.mul(state.add(zeros([x.shape[0]!, 6])).reshape([-1, 6, 1]));
  const bytes = exportOnnx(net, [1, 6, 8]);
  expect([...graphOf(bytes).initializers.values()].map(({ shape }) => shape)).toContainEqual([1, 6, 1]);
  const x = randn([3, 6, 11]);
  expectClose(importOnnx(bytes).forward(x), net(x), 1e-6, "");
});

test("numbers that count along the signal are counted in the file, whatever axes of length 1 they have", () => {
  const net = (x: Tensor): Tensor => x.div(arange(x.shape[2]!).add(1).mul(3).reshape([1, 1, x.shape[2]!]));
  const bytes = exportOnnx(net, [1, 2, 9]);
  expect(operators(bytes)).toContain("Range");
  const x = randn([3, 2, 23]);
  expectClose(importOnnx(bytes).forward(x), net(x), 1e-6, "");
});

test("constants that are computed from such are computed in the file where they follow the length", () => {
  const [places, waves] = [randn([1, 4, 10]), randn([4, 1])];
  const net = (x: Tensor): Tensor => {
    const length = x.shape[2]!;
    const resampled = F.interpolate(places, { size: length, mode: "linear" });
    const scale = arange(length).mul(0.1).cos().sum();
    return x.add(resampled).mul(arange(length).mul(waves).sin()).div(scale);
  };
  const bytes = exportOnnx(net, [1, 4, 9]);
  expect(operators(bytes)).toEqual(expect.arrayContaining(["Range", "Resize", "Sin"]));
  const again = importOnnx(bytes);
  for (const length of [9, 10, 31]) {
    const x = randn([3, 4, length]);
    expectClose(again.forward(x), net(x), 1e-5, `${length}`);
  }
});

test("a network whose skips meet at some lengths only is right far from the example", () => {
  const down = [new nn.Conv1d(1, 2, 8, { stride: 4 }), new nn.Conv1d(2, 2, 8, { stride: 4 })] as const;
  const up = new nn.ConvTranspose1d(2, 2, 8, { stride: 4 });
  // 68 to 71 samples are 16 and then 3 moments; what comes of these is 16 again. The next lengths that do are 84 to 87.
  const net = (x: Tensor): Tensor => {
    const skip = down[0].forward(x);
    return up.forward(down[1].forward(skip)).add(skip).reshape([x.shape[0]!, -1]);
  };
  const again = importOnnx(exportOnnx(net, [1, 1, 68]));
  for (const length of [70, 84, 132]) {
    const x = randn([2, 1, length]);
    expectClose(again.forward(x), net(x), 1e-5, `${length}`);
  }
});

describe("what ONNX cannot say is refused", () => {
  test("gradients of weights", () => {
    const layer = conv();
    const net = (x: Tensor) => gradients(layer.forward(x).sum(), [layer.weight])[0]!;
    // Traced without gradients, as every network.
    expect(() => exportOnnx(net, [1, 4, 9])).toThrow(GraphError);
  });

  test("an index map that follows no rule", () => {
    const net = (x: Tensor) => F.adaptiveAvgPool1d(x, 3);
    expect(() => exportOnnx(net, [1, 4, 16])).toThrow(
      "exportOnnx: an index map depends on the length; dynamic: false fixes all lengths",
    );
    expect(operators(exportOnnx(net, [1, 4, 16], { dynamic: false }))).toContain("Gather");
  });

  test("a network of another form at another length, unless lengths are said to be multiples", () => {
    const net = (x: Tensor) => (x.shape[2]! % 4 === 0 ? F.relu(x) : F.tanh(x));
    expect(() => exportOnnx(net, [1, 4, 16])).toThrow(
      "where it has relu at one, it has tanh at another; the option lengthMultiple says what the length is a multiple of",
    );
    expect(operators(exportOnnx(net, [1, 4, 16], { lengthMultiple: 4 }))).toEqual(["Relu"]);
    const one = (x: Tensor) => (x.shape[2]! % 4 === 1 ? F.relu(x) : F.tanh(x));
    expect(operators(exportOnnx(one, [1, 4, 17], { lengthMultiple: 4 }))).toEqual(["Relu"]);
  });

  test.each<[string, (x: Tensor) => Tensor, string]>([
    ["a number that is no length", (x) => x.add(x.shape[2]! + 0.5), "(16.5, 17.5, 18.5"],
    ["the number to pad with", (x) => F.pad(x, [1, 1], { value: x.shape[2]! }), "the number to pad with depends on"],
    [
      "the mode of padding",
      (x) => F.pad(x, [1, 1], { mode: x.shape[2]! > 30 ? "reflect" : "circular" }),
      "the mode of padding depends on the length",
    ],
    ["an axis", (x) => F.sum(x, x.shape[2]! > 30 ? 1 : 2), 'an option of "sum" depends on the length'],
    [
      "groups as many as signals",
      (x) =>
        F.conv1d(x.reshape([1, x.shape[0]! * 4, -1]), ones([x.shape[0]! * 4, 1, 3]), null, { groups: x.shape[0]! * 4 }),
      'an option of "conv1d" depends on the length',
    ],
    [
      "steps whose places do not show at the lengths traced",
      (x) => x.slice(2, 0, Math.floor((x.shape[2]! + 20) / 53)),
      "a slice depends on the length of the signal in a way that is not understood",
    ],
  ])("%s, where it depends on the length", (_, net, message) => {
    expect(() => exportOnnx(net, [1, 4, 16])).toThrow(message);
    expect(() => exportOnnx(net, [1, 4, 16])).toThrow(GraphError);
  });

  test("a factor that is another one in float32", () => {
    // ⌊50 · 2.3⌋ is 114, or 115 with the float32 that is nearest to 2.3.
    for (const mode of ["nearest", "linear"] as const)
      expect(() => exportOnnx((x: Tensor) => F.interpolate(x, { scaleFactor: 2.3, mode }), [1, 4, 16])).toThrow(
        "interpolate by 2.3 takes other samples in onnxruntime",
      );
  });

  test("options that do not exist or do not fit", () => {
    expect(() => exportOnnx(conv(), [1, 4, 9], { opset: 17 } as never)).toThrow(OptionError);
    expect(() => exportOnnx(conv(), [1, 4, 9], { dynamic: "yes" } as never)).toThrow(OptionTypeError);
    expect(() => exportOnnx(conv(), [1, 4, 9], { dynamic: [] })).toThrow(
      "exportOnnx: dynamic says the axes of 0 inputs, shape has 1",
    );
    expect(() => exportOnnx(conv(), [1, 4, 9], { inputNames: ["a", "b"] })).toThrow(
      'exportOnnx: inputNames must be 1 different names, got ["a", "b"]',
    );
    expect(() => exportOnnx(conv(), 9 as never)).toThrow("exportOnnx: shape must be an array, got 9");
    const withAxes = (axes: unknown) => () => exportOnnx(conv(), [1, 4, 9], { dynamic: [axes] as never });
    expect(withAxes({ [-1]: "L" })).toThrow("dynamic names axis -1; an input of shape [1, 4, 9] has 0..2");
    expect(withAxes({ 3: "L" })).toThrow(OptionError);
    expect(withAxes({ 2: 3 })).toThrow("exportOnnx: dynamic must say a name for axis 2, got 3");
    expect(withAxes(null)).toThrow(OptionTypeError);
    expect(withAxes("L")).toThrow('such as { 2: "L" }, got "L"');
    expect(() => exportOnnx(conv(), [1, 4, 9], { inputNames: ["x"], outputNames: ["x"] })).toThrow(
      'exportOnnx: an input and an output are called "x"',
    );
    expect(() => exportOnnx(conv(), [1, 4, 9], { inputNames: [3] as never })).toThrow(OptionError);
    expect(() => exportOnnx(conv(), [1, 4, 9], { metadata: { rate: 16000 } as never })).toThrow(
      'exportOnnx: metadata must be strings, got 16000 for "rate"',
    );
  });
});

test("every kernel that a network can call has a row", () => {
  const missing = [
    ...[
      "conv1d",
      "conv1dInput",
      "conv1dWeight",
      "gather",
      "scatterAdd",
      "broadcast",
      "permute",
      "cast",
      "cat",
      "reshape",
    ],
    ...["detach", "sum", "argmaxWindow", "take", "cumsum", "lstm", "gru", "select"],
    ...[
      "neg",
      "exp",
      "expm1",
      "log",
      "log1p",
      "sqrt",
      "abs",
      "sign",
      "sin",
      "cos",
      "tanh",
      "sigmoid",
      "relu",
      "erf",
      "floor",
    ],
    ...["round", "add", "sub", "mul", "div", "pow", "maximum", "minimum", "equal", "less"],
  ].filter((name) => !rowOf(name));
  expect(missing).toEqual([]);
});
