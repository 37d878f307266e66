import {
  DTypeError,
  GraphError,
  nn,
  OptionError,
  OptionTypeError,
  optim,
  Parameter,
  ShapeError,
  type Tensor,
  tensor,
  zeros,
} from "atrous";
import { describe, expect, test } from "vitest";

const any = (value: unknown): never => value as never;
const names = (module: nn.Module): string[] => [...module.stateDict().keys()];

/** A module with whatever fields a test gives it. */
class Net extends nn.Module {
  constructor(fields: object = {}) {
    super();
    Object.assign(this, fields);
  }

  override forward(x: Tensor): Tensor {
    return x;
  }
}

describe("arrays in fields", () => {
  class Blocks extends Net {
    readonly down = [new nn.Conv1d(1, 2, 3), new nn.Conv1d(2, 2, 3)];
    readonly grid = [[new nn.Linear(1, 1)], [new nn.Linear(1, 2), new nn.ReLU()]];
    readonly gains = [new Parameter(zeros([2])), new Parameter(zeros([]))];
    readonly lengths = [1, 2, 3];
    readonly last = new nn.ReLU();
  }

  test("have the names of PyTorch's ModuleList and ParameterList, however deep", () => {
    const net = new Blocks();
    // PyTorch lists a module's own parameters before those of its children, here as there.
    expect(names(net)).toEqual([
      ...["gains.0", "gains.1"],
      ...["down.0.weight", "down.0.bias", "down.1.weight", "down.1.bias"],
      ...["grid.0.0.weight", "grid.0.0.bias", "grid.1.0.weight", "grid.1.0.bias"],
    ]);
    expect(net.parameters()).toHaveLength(10);
    expect(Array.from(net.namedChildren(), ([name]) => name)).toContain("grid.1.1");
    net.eval();
    expect(net.grid[1]![1]!.training).toBe(false);
    const state = new Map([...net.stateDict()].map(([name, value]) => [name, value.add(1)]));
    expect(net.loadStateDict(state)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(net.gains[0]!.toArray()).toEqual([1, 1]);
  });

  test("print as PyTorch's ModuleList", () => {
    expect(new Blocks().toString()).toBe(
      [
        "Blocks(",
        "  (down): ModuleList(",
        "    (0): Conv1d(1, 2, kernel_size=(3,), stride=(1,))",
        "    (1): Conv1d(2, 2, kernel_size=(3,), stride=(1,))",
        "  )",
        "  (grid): ModuleList(",
        "    (0): ModuleList(",
        "      (0): Linear(in_features=1, out_features=1, bias=True)",
        "    )",
        "    (1): ModuleList(",
        "      (0): Linear(in_features=1, out_features=2, bias=True)",
        "      (1): ReLU()",
        "    )",
        "  )",
        "  (last): ReLU()",
        ")",
      ].join("\n"),
    );
  });
});

describe("parts that no name leads to", () => {
  const linear = new nn.Linear(1, 1);
  const hidden: [string, unknown, string, string][] = [
    ["a plain object", { a: linear }, "part", "Object"],
    ["a plain object of parameters", { a: new Parameter(zeros([1])) }, "part", "Object"],
    ["an object in an object", { a: { b: linear } }, "part", "Object"],
    ["an array in an object", { a: [linear] }, "part", "Object"],
    ["an object in an array", [linear, { a: linear }], "part.1", "Object"],
    ["a Map", new Map([["a", linear]]), "part", "Map"],
    ["a Set", new Set([linear]), "part", "Set"],
  ];
  test.each(hidden)("in %s are an error that names the field", (_name, part, field, kind) => {
    const net = new Net({ part });
    const error = new OptionError(
      `Net: modules or parameters of field "${field}" would be neither trained nor saved, because they are in a ${kind}; keep them in fields of their own or in an array, or here in a #private field if they are in a field too`,
    );
    for (const walk of [() => net.parameters(), () => net.stateDict(), () => net.modules(), () => net.train()])
      expect(walk).toThrow(error);
    expect(() => new nn.Sequential(net).parameters()).toThrow(error);
  });

  test("other objects are left alone, also ones that contain themselves", () => {
    const knot: { self?: unknown; list: unknown[] } = { list: [1, "a", null] };
    knot.self = knot;
    const fields = { knot, map: new Map([["a", 1]]), bytes: new Uint8Array(3), made: new Date(), f: () => linear };
    expect(new Net({ ...fields, linear }).parameters()).toEqual(linear.parameters());
  });

  test("a name with a dot is refused", () => {
    expect(() => new Net({ "a.b": linear }).parameters()).toThrow('the name of field "a.b" must not contain a dot');
  });
});

describe("registering", () => {
  test("a name twice is an error, as in PyTorch", () => {
    const layer = new nn.Linear(1, 1);
    layer.registerBuffer("b", zeros([1]));
    layer.registerParameter("p", new Parameter(zeros([1])));
    for (const name of ["weight", "training", "b", "p"]) {
      const error = new OptionError(`Linear: attribute '${name}' already exists`);
      expect(() => layer.registerBuffer(name, zeros([1]))).toThrow(error);
      expect(() => layer.registerParameter(name, new Parameter(zeros([1])))).toThrow(error);
    }
    expect(() => new nn.Sequential(layer).registerBuffer("0", zeros([1]))).toThrow("attribute '0' already exists");
    expect(names(layer)).toEqual(["weight", "bias", "p", "b"]);
  });

  test("a field of the same name afterwards is found", () => {
    const net = new Net();
    net.registerBuffer("b", zeros([1]));
    Object.assign(net, { b: zeros([1]) });
    expect(() => net.stateDict()).toThrow("Net: attribute 'b' already exists: it is registered, and a field too");
  });

  test("what is no tensor is an error", () => {
    const layer = new nn.ReLU();
    expect(() => layer.registerBuffer("b", any([1]))).toThrow(
      new OptionTypeError("ReLU: cannot assign [1] to buffer 'b' (Tensor required)"),
    );
    expect(() => layer.registerParameter("p", any(zeros([1])))).toThrow(
      new OptionTypeError("ReLU: cannot assign Tensor to parameter 'p' (Parameter required)"),
    );
    expect(names(layer)).toEqual([]);
  });

  test("a buffer keeps shape and dtype", () => {
    const layer = new nn.ReLU();
    layer.registerBuffer("b", zeros([2]));
    expect(() => layer.setBuffer("b", zeros([3]))).toThrow(
      new ShapeError("ReLU: buffer 'b' has shape [2], cannot be set to one of shape [3]"),
    );
    expect(() => layer.setBuffer("b", zeros([2], { dtype: "float64" }))).toThrow(
      new DTypeError("ReLU: buffer 'b' has dtype float32, cannot be set to float64"),
    );
    expect(() => layer.setBuffer("b", any([1, 2]))).toThrow(OptionTypeError);
    layer.setBuffer("b", tensor([1, 2]));
    expect(layer.getBuffer("b").toArray()).toEqual([1, 2]);
  });
});

describe("something else in the place of a parameter", () => {
  const layers: [string, () => nn.Module, string][] = [
    ["Conv1d", () => new nn.Conv1d(1, 1, 1), "weight"],
    ["ConvTranspose1d", () => new nn.ConvTranspose1d(1, 1, 1), "bias"],
    ["Linear", () => new nn.Linear(1, 1), "weight"],
    ["BatchNorm1d", () => new nn.BatchNorm1d(1), "weight"],
    ["GroupNorm", () => new nn.GroupNorm(1, 1), "bias"],
    ["LayerNorm", () => new nn.LayerNorm(1), "weight"],
    ["ChannelNorm", () => new nn.ChannelNorm(1), "bias"],
    ["PReLU", () => new nn.PReLU(), "weight"],
    ["Snake", () => new nn.Snake(1), "alpha"],
  ];
  test.each(layers)("%s: is found before it is left out", (layer, build, field) => {
    const error = new OptionTypeError(
      `${layer}: cannot assign Tensor as parameter '${field}' (Parameter or null expected); ${field}.assign(tensor) gives it new numbers`,
    );
    for (const walk of [
      (net: nn.Module) => net.parameters(),
      (net: nn.Module) => net.stateDict(),
      (net: nn.Module) => net.loadStateDict({}),
    ]) {
      const module = build();
      Object.assign(module, { [field]: zeros([1]) });
      expect(() => walk(module)).toThrow(error);
      expect(() => walk(new nn.Sequential(module))).toThrow(error);
    }
  });

  test("is found in any module once its parameters have been asked for", () => {
    const net = new Net({ gains: [new Parameter(zeros([1]))], scale: new Parameter(zeros([1])) });
    const state = names(net);
    expect(state).toEqual(["gains.0", "scale"]);
    Object.assign(net, { scale: 3 });
    expect(() => net.parameters()).toThrow("Net: cannot assign 3 as parameter 'scale'");
    Object.assign(net, { scale: null, gains: [zeros([1])] });
    expect(() => net.parameters()).toThrow("Net: cannot assign Tensor as parameter 'gains.0'");
  });

  test("null, another parameter and a module are no mistakes", () => {
    const layer = new nn.Conv1d(1, 1, 1);
    layer.bias = null;
    layer.weight = new Parameter(tensor([[[2]]]));
    expect(names(layer)).toEqual(["weight"]);
    Object.assign(layer, { weight: new nn.PReLU() });
    expect(names(layer)).toEqual(["weight.weight"]);
  });

  test("a plain tensor in a field of its own is none of the module's parameters", () => {
    const net = new Net({ window: zeros([3]) });
    expect(net.parameters()).toEqual([]);
    expect(net.parameters()).toEqual([]);
  });
});

describe("a module with two names", () => {
  const norm = new nn.BatchNorm1d(2);
  const net = new nn.Sequential(norm, new nn.ReLU(), norm);

  test("counts once, as in PyTorch", () => {
    expect(net.buffers()).toHaveLength(3);
    expect(net.parameters()).toHaveLength(2);
    expect(Array.from(net.namedModules(), ([name]) => name)).toEqual(["", "0", "1"]);
    expect(net.modules()).toEqual([net, norm, net.at(1)]);
    expect(Array.from(net.namedBuffers(), ([name]) => name)).toEqual([
      "0.running_mean",
      "0.running_var",
      "0.num_batches_tracked",
    ]);
  });

  test("is saved under both, and loads from both", () => {
    expect(names(net)).toHaveLength(10);
    expect(net.loadStateDict(net.stateDict())).toEqual({ missingKeys: [], unexpectedKeys: [] });
    expect(net.toString()).toMatch(/\(0\): BatchNorm1d(.|\n)*\(2\): BatchNorm1d/);
  });

  test("a buffer in two modules counts once", () => {
    const shared = zeros([1]);
    const both = new nn.Sequential(new nn.ReLU(), new nn.ReLU());
    for (const layer of both) layer.registerBuffer("b", shared);
    expect(both.buffers()).toEqual([shared]);
    expect(names(both)).toEqual(["0.b", "1.b"]);
  });
});

test("a module that contains itself is an error that names the way", () => {
  const net = new Net({ blocks: [new Net()] });
  const inner = (net as unknown as { blocks: Net[] }).blocks[0]!;
  Object.assign(inner, { back: inner });
  const error = new GraphError('Net: a module cannot contain itself: "blocks.0.back" is "blocks.0"');
  for (const walk of [() => net.modules(), () => net.stateDict(), () => net.eval(), () => net.toString()])
    expect(walk).toThrow(error);
  Object.assign(inner, { back: net });
  expect(() => net.parameters()).toThrow('"blocks.0.back" is the network itself');
});

describe("requiresGrad", () => {
  test("freezes a part of a network, which an optimizer then leaves as it is, and trains it again", () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.Linear(3, 1));
    const body = net.at(0) as nn.Linear;
    expect(body.requiresGrad(false)).toBe(body);
    expect(net.parameters().map((parameter) => parameter.requiresGrad)).toEqual([false, false, true, true]);
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9, weightDecay: 0.1 });
    const step = (): boolean[] => {
      const before = net.parameters().map((parameter) => [...parameter.dataSync()]);
      optimizer.zeroGrad();
      net
        .forward(tensor([[1, 2]]))
        .sum()
        .backward();
      optimizer.step();
      return net.parameters().map((parameter, i) => String([...parameter.dataSync()]) !== String(before[i]));
    };
    expect(step()).toEqual([false, false, true, true]);
    expect(body.parameters().map(({ grad }) => grad)).toEqual([null, null]);
    body.requiresGrad();
    expect(step()).toEqual([true, true, true, true]);
  });

  test("takes true or false", () => {
    expect(() => new nn.ReLU().requiresGrad(any(0))).toThrow(
      new OptionTypeError("requiresGrad: wanted must be true or false, got 0"),
    );
  });
});

test("a layer without options swallows no arguments", () => {
  type AnyLayer = new (...args: unknown[]) => nn.Module;
  const layers = [
    ...[nn.ReLU, nn.ReLU6, nn.SELU, nn.Tanh, nn.Sigmoid, nn.SiLU, nn.Mish, nn.Softsign, nn.LogSigmoid],
    ...[nn.Hardsigmoid, nn.Hardswish, nn.GlobalAvgPool1d, nn.GlobalMaxPool1d],
  ] as unknown as AnyLayer[];
  for (const Layer of layers) {
    for (const given of [0.2, true, null, "x"]) {
      expect(() => new Layer(given), `${Layer.name}(${given})`).toThrow(OptionTypeError);
      expect(() => new Layer(given)).toThrow(new RegExp(`^${Layer.name}: takes no (options|arguments), got `));
    }
    expect(() => new Layer({})).toThrow(OptionError);
    expect(new Layer(undefined)).toBeInstanceOf(nn.Module);
  }
  // @ts-expect-error: also by type
  expect(() => new nn.ReLU(0.2)).toThrow("ReLU: takes no options, got 0.2");
  // @ts-expect-error: also by type
  expect(() => new nn.GlobalAvgPool1d(3)).toThrow("GlobalAvgPool1d: takes no arguments, got 3");
  // PyTorch's second positional argument: taking the first alone for the options would lose it.
  expect(() => new (nn.Hardtanh as unknown as AnyLayer)(-2, 2)).toThrow("Hardtanh: options must be an object");
  expect(() => new (nn.Softplus as unknown as AnyLayer)(1, 20)).toThrow("Softplus: options must be an object");
  expect(String(new nn.Identity(1, { a: 2 }))).toBe("Identity()");
});
