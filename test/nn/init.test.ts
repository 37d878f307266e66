import { DTypeError, manualSeed, nn, OptionError, OptionTypeError, Parameter, randn, ShapeError, zeros } from "atrous";
import { describe, expect, test } from "vitest";

const { init } = nn;
const any = (value: unknown): never => value as never;
const p = (shape: number[] = [2, 3, 4]): Parameter => new Parameter(zeros(shape));

test("nn.init holds what PyTorch users know, and nothing of ours", () => {
  expect(Object.keys(init).sort()).toEqual(
    [
      ...["calculateGain", "constant", "dirac", "kaimingNormal", "kaimingUniform", "normal", "ones", "orthogonal"],
      ...["truncNormal", "uniform", "xavierNormal", "xavierUniform", "zeros"],
    ].sort(),
  );
});

test("calculateGain has PyTorch's gains", () => {
  expect(init.calculateGain("linear")).toBe(1);
  expect(init.calculateGain("conv_transpose1d")).toBe(1);
  expect(init.calculateGain("tanh")).toBe(5 / 3);
  expect(init.calculateGain("relu")).toBe(Math.SQRT2);
  expect(init.calculateGain("leaky_relu")).toBe(Math.sqrt(2 / (1 + 0.01 ** 2)));
  expect(init.calculateGain("leaky_relu", 0.2)).toBe(Math.sqrt(2 / (1 + 0.2 ** 2)));
  expect(init.calculateGain("selu")).toBe(0.75);
});

const refused: [string, () => unknown, Error][] = [
  [
    "an option that does not exist",
    () => init.kaimingUniform(p(), any({ slope: 1 })),
    new OptionError('init.kaimingUniform: unknown option "slope"; known options: a, mode, nonlinearity'),
  ],
  [
    "a mode that does not exist",
    () => init.kaimingNormal(p(), any({ mode: "fan_avg" })),
    new OptionError('init.kaimingNormal: mode must be "fan_in" or "fan_out", got "fan_avg"'),
  ],
  [
    "a slope that is no number",
    () => init.kaimingUniform(p(), any({ a: "0.1" })),
    new OptionTypeError('init.kaimingUniform: a must be a number, got "0.1"'),
  ],
  [
    "a nonlinearity that does not exist",
    () => init.kaimingUniform(p(), any({ nonlinearity: "gelu" })),
    new OptionError('init.calculateGain: unknown nonlinearity "gelu"'),
  ],
  [
    "a vector",
    () => init.kaimingUniform(p([3])),
    new ShapeError("init.kaimingUniform: fan in and fan out need at least 2 axes, got shape [3]"),
  ],
  ["std NaN", () => init.normal(p(), 0, Number.NaN), new OptionError("init.normal: std must be finite, got NaN")],
  ["std negative", () => init.normal(p(), 0, -1), new OptionError("init.normal: std must be at least 0, got -1")],
  [
    "a mean that is no number",
    () => init.normal(p(), any("0")),
    new OptionTypeError('init.normal: mean must be a number, got "0"'),
  ],
  [
    "bounds the wrong way round",
    () => init.uniform(p(), 1, 0),
    new OptionError("init.uniform: expected low ≤ high, got low 1, high 0"),
  ],
  [
    "an infinite bound",
    () => init.uniform(p(), 0, Infinity),
    new OptionError("init.uniform: high must be finite, got Infinity"),
  ],
  [
    "null for a bound",
    () => init.uniform(p(), any(null)),
    new OptionTypeError("init.uniform: low must be a number, got null"),
  ],
  [
    "no constant",
    () => init.constant(p(), any(undefined)),
    new OptionTypeError("init.constant: value must be a number, got undefined"),
  ],
  [
    "a gain that is no number",
    () => init.xavierNormal(p(), any("relu")),
    new OptionTypeError('init.xavierNormal: gain must be a number, got "relu"'),
  ],
  [
    "a negative gain",
    () => init.xavierUniform(p(), -1),
    new OptionError("init.xavierUniform: gain must be at least 0, got -1"),
  ],
  [
    "an infinite gain",
    () => init.orthogonal(p(), Infinity),
    new OptionError("init.orthogonal: gain must be finite, got Infinity"),
  ],
  [
    "half a group",
    () => init.dirac(p(), 0.5),
    new OptionError("init.dirac: groups must be an integer in 1..2147483647, got 0.5"),
  ],
  [
    "a bound NaN",
    () => init.truncNormal(p(), 0, 1, Number.NaN),
    new OptionError("init.truncNormal: a must be finite, got NaN"),
  ],
  [
    "integers",
    () => init.ones(new Parameter(zeros([2], { dtype: "int32" }), { requiresGrad: false })),
    new DTypeError('init.ones: expected a floating-point tensor, got int32; convert it with .to("float32")'),
  ],
];
test.each(refused)("%s: refused", (_name, call, error) => {
  expect(call).toThrow(error);
});

test("something else than a parameter is refused by all of them", () => {
  const fills = Object.entries(init).filter(([name]) => name !== "calculateGain");
  for (const [name, fill] of fills)
    for (const given of [zeros([2, 2, 2]), null, [1], "weight"])
      expect(() => (fill as (parameter: unknown, value: number) => unknown)(given, 1), name).toThrow(
        new RegExp(`^init\\.${name}: the first argument must be a Parameter, got `),
      );
});

test("a weight without elements is left as it is, and nothing is drawn", () => {
  manualSeed(4);
  const next = randn([2]).toArray();
  manualSeed(4);
  for (const fill of [init.kaimingUniform, init.kaimingNormal, init.xavierUniform, init.xavierNormal]) fill(p([0, 0]));
  expect(randn([2]).toArray()).toEqual(next);
});

describe("nn.utils.skipInit", () => {
  test("draws nothing and leaves zeros, here only", () => {
    manualSeed(7);
    const next = randn([3]).toArray();
    manualSeed(7);
    const layer = nn.utils.skipInit(() => new nn.Linear(2, 3));
    expect(layer.weight.abs().max().item()).toBe(0);
    expect(randn([3]).toArray()).toEqual(next);
    expect(new nn.Linear(2, 3).weight.abs().max().item()).toBeGreaterThan(0);
  });

  test("takes a function", () => {
    expect(() => nn.utils.skipInit(any(nn.ReLU.name))).toThrow(
      new OptionTypeError('skipInit: expected a function that builds a module, got "ReLU"'),
    );
  });
});
