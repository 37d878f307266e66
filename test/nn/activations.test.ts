import { readFileSync } from "node:fs";
import { F, manualSeed, nn, OptionError, OptionTypeError, ones, rand, randn, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";

interface Dropped {
  readonly shape: readonly number[];
  readonly p: number;
  readonly dtype: "float32" | "float64";
  readonly output: readonly number[];
  readonly next: number;
}
const fixture: { reprs: Record<string, string>; dropout: Dropped[]; dropout1d: Dropped[] } = JSON.parse(
  readFileSync(new URL("../oracle/activations.json", import.meta.url), "utf8"),
);

type Layer = new (...options: unknown[]) => { toString(): string };
const layers = nn as unknown as Record<string, Layer>;

/** `LeakyReLU({ negativeSlope: 0.2 })` without `eval`. */
function construct(call: string): { toString(): string } {
  const [, name, argument] = /^(\w+)\((.*)\)$/.exec(call)!;
  if (!argument) return new layers[name!]!();
  return new layers[name!]!(JSON.parse(argument.replaceAll(/(\w+):/g, '"$1":')));
}

test.each(Object.entries(fixture.reprs))("new nn.%s prints %s", (call, repr) => {
  expect(String(construct(call))).toBe(repr);
});

test("inside a Sequential", () => {
  expect(String(new nn.Sequential(new nn.Conv1d(1, 2, 3), new nn.LeakyReLU(), new nn.Snake(2)))).toBe(
    "Sequential(\n  (0): Conv1d(1, 2, kernel_size=(3,), stride=(1,))\n  (1): LeakyReLU(negative_slope=0.01)\n  (2): Snake(2)\n)",
  );
});

describe("layers are their functions", () => {
  const x = randn([2, 4, 6]);
  const slopes = tensor([0.25, 0.25, 0.25, 0.25]);
  test.each<[string, { forward(x: Tensor): Tensor }, Tensor]>([
    ["ReLU", new nn.ReLU(), F.relu(x)],
    ["LeakyReLU", new nn.LeakyReLU({ negativeSlope: 0.3 }), F.leakyRelu(x, 0.3)],
    ["ELU", new nn.ELU({ alpha: 0.4 }), F.elu(x, 0.4)],
    ["SELU", new nn.SELU(), F.selu(x)],
    ["GELU", new nn.GELU(), F.gelu(x)],
    ["GELU, tanh", new nn.GELU({ approximate: "tanh" }), F.gelu(x, { approximate: "tanh" })],
    ["SiLU", new nn.SiLU(), F.silu(x)],
    ["Mish", new nn.Mish(), F.mish(x)],
    ["Softplus", new nn.Softplus({ beta: 2, threshold: 1 }), F.softplus(x, 2, 1)],
    ["LogSigmoid", new nn.LogSigmoid(), F.logSigmoid(x)],
    ["Hardtanh", new nn.Hardtanh({ minVal: -0.1, maxVal: 0.5 }), F.hardtanh(x, -0.1, 0.5)],
    ["ReLU6", new nn.ReLU6(), F.relu6(x)],
    ["Hardsigmoid", new nn.Hardsigmoid(), F.hardsigmoid(x)],
    ["Hardswish", new nn.Hardswish(), F.hardswish(x)],
    ["Softsign", new nn.Softsign(), F.softsign(x)],
    ["Tanh", new nn.Tanh(), F.tanh(x)],
    ["Sigmoid", new nn.Sigmoid(), F.sigmoid(x)],
    ["Identity", new nn.Identity(54, { anything: true }), x],
    ["PReLU", new nn.PReLU({ numParameters: 4 }), F.prelu(x, slopes)],
    ["Snake", new nn.Snake(4), F.snake(x, ones([1, 4, 1]))],
    ["GLU", new nn.GLU({ dim: 1 }), F.glu(x, 1)],
    ["Softmax", new nn.Softmax({ dim: 1 }), F.softmax(x, 1)],
    ["LogSoftmax", new nn.LogSoftmax({ dim: -1 }), F.logSoftmax(x, -1)],
  ])("%s", (_, layer, expected) => {
    const y = layer.forward(x);
    expect(y.shape).toEqual(expected.shape);
    expect(y.dataSync()).toEqual(expected.dataSync());
  });
});

test("parameters have the names and shapes of checkpoints", () => {
  const net = new nn.Sequential(new nn.PReLU({ numParameters: 3, init: 0.1, dtype: "float64" }), new nn.Snake(3));
  const shapes = [...net.stateDict()].map(([name, { shape, dtype }]) => [name, shape, dtype]);
  expect(shapes).toEqual([
    ["0.weight", [3], "float64"],
    ["1.alpha", [1, 3, 1], "float32"],
  ]);
  expect(net.stateDict().get("0.weight")!.toArray()).toEqual([0.1, 0.1, 0.1]);
  expect(net.stateDict().get("1.alpha")!.toArray()).toEqual([[[1], [1], [1]]]);
});

describe("dropout", () => {
  test.each([
    ...fixture.dropout.map((given) => ["dropout", F.dropout, given] as const),
    ...fixture.dropout1d.map((given) => ["dropout1d", F.dropout1d, given] as const),
  ])(
    "%s drops what PyTorch drops, and leaves the stream where PyTorch does",
    (_, f, { shape, p, dtype, output, next }) => {
      const size = output.length;
      const x = tensor(
        Array.from({ length: size }, (_, i) => i + 1),
        { shape, dtype },
      );
      manualSeed(12);
      const expected = dtype === "float32" ? Float32Array.from(output) : Float64Array.from(output);
      expect(f(x, p).dataSync()).toEqual(expected);
      expect(rand([1]).item()).toBe(next);
    },
  );

  test("keeps the mean and the asked share", () => {
    const y = F.dropout(ones([20000]), 0.3);
    const kept = y.dataSync().filter((v) => v !== 0).length / 20000;
    expect(kept).toBeCloseTo(0.7, 1);
    expect(y.mean().item()).toBeCloseTo(1, 1);
  });

  test("one mask for the output and the gradient, a new one at every call", () => {
    const x = tensor(new Float32Array(64).fill(1), { requiresGrad: true });
    const layer = new nn.Dropout();
    const y = layer.forward(x);
    y.sum().backward();
    expect(x.grad!.dataSync()).toEqual(y.dataSync());
    expect(layer.forward(x).dataSync()).not.toEqual(y.dataSync());
  });

  test("is the identity after eval, and draws nothing", () => {
    const x = randn([2, 3, 4]);
    for (const layer of [new nn.Dropout(), new nn.Dropout1d()]) {
      expect(layer.eval().forward(x)).toBe(x);
      expect(layer.train().forward(x)).not.toBe(x);
    }
  });

  test("Dropout1d drops whole channels, batched or not", () => {
    for (const shape of [
      [4, 8, 3],
      [32, 3],
    ]) {
      const rows = new nn.Dropout1d(0.5).forward(ones(shape)).reshape([32, 3]).toArray() as number[][];
      for (const row of rows) expect([0, 2]).toContain(row[0]);
      for (const row of rows) expect(new Set(row).size).toBe(1);
      expect(new Set(rows.map((row) => row[0])).size).toBe(2);
    }
  });
});

describe("errors", () => {
  test.each<[string, () => unknown, new (message: string) => Error, string]>([
    [
      "number",
      () => new nn.LeakyReLU("0.1" as never),
      OptionTypeError,
      'LeakyReLU: options must be an object such as { negativeSlope: … }, got "0.1"',
    ],
    [
      "misspelt",
      () => new nn.LeakyReLU({ negative_slope: 1 } as never),
      OptionError,
      'LeakyReLU: unknown option "negative_slope"; did you mean "negativeSlope"?',
    ],
    ["type", () => new nn.ELU({ alpha: "1" as never }), OptionTypeError, 'ELU: alpha must be a number, got "1"'],
    ["no options", () => new (nn.ReLU as Layer)({ inplace: true }), OptionError, "ReLU: takes no options"],
    [
      "approximate",
      () => new nn.GELU({ approximate: "erf" as never }),
      OptionError,
      'GELU: approximate must be "none" or "tanh"',
    ],
    ["bounds", () => new nn.Hardtanh({ minVal: 3 }), OptionError, "Hardtanh: minVal 3 must be less than maxVal 1"],
    ["beta", () => new nn.Softplus({ beta: 0 }), OptionError, "Softplus: beta must not be 0"],
    ["no axis", () => new (nn.Softmax as Layer)(), OptionError, "Softmax: the axis must be named"],
    ["no axis", () => new nn.LogSoftmax({} as never), OptionError, "LogSoftmax: the axis must be named"],
    ["half axis", () => new nn.GLU({ dim: 0.5 }), OptionError, "GLU: dim must be an integer"],
    ["none", () => new nn.PReLU({ numParameters: 0 }), OptionError, "PReLU: numParameters must be an integer in 1.."],
    ["none", () => new (nn.Snake as Layer)(), OptionTypeError, "Snake: channels must be an integer, got undefined"],
    ["p", () => new nn.Dropout(-0.1), OptionError, "Dropout: p must be a probability in 0..1, got -0.1"],
    ["p", () => new nn.Dropout1d("0.5" as never), OptionTypeError, "Dropout1d: p must be a number"],
  ])("%s", (_, call, type, message) => {
    expect(call).toThrow(type);
    expect(call).toThrow(message);
  });
});

test("PyTorch's one positional argument stands for the first option", () => {
  const layers = [
    new nn.LeakyReLU(0.3),
    new nn.ELU(2),
    new nn.GLU(1),
    new nn.Softmax(-2),
    new nn.LogSoftmax(0),
    new nn.PReLU(3),
  ];
  expect(layers.map(String)).toEqual([
    "LeakyReLU(negative_slope=0.3)",
    "ELU(alpha=2.0)",
    "GLU(dim=1)",
    "Softmax(dim=-2)",
    "LogSoftmax(dim=0)",
    "PReLU(num_parameters=3)",
  ]);
});
