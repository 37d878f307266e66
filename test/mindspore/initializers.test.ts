import { manualSeed, OptionError, OptionTypeError, type Parameter, tensor, zeros } from "atrous";
import {
  Constant,
  Conv1d,
  Conv1dTranspose,
  Dirac,
  HeNormal,
  HeUniform,
  Identity,
  type Init,
  Initializer,
  initializer,
  Normal,
  One,
  Orthogonal,
  Sparse,
  TruncatedNormal,
  Uniform,
  VarianceScaling,
  XavierNormal,
  XavierUniform,
  Zero,
} from "atrous/mindspore";
import { describe, expect, test } from "vitest";

const numbers = (init: Init, shape: number[]): number[] =>
  Array.from(initializer(init, shape, "float64").dataSync(), Number);
const moment = (values: number[], power: number, centre = 0): number =>
  values.reduce((sum, value) => sum + (value - centre) ** power, 0) / values.length;

/** 48 000 elements: fan in 240, fan out 1000, so that one taken for the other shows. */
const SHAPE = [200, 48, 5];
const [FAN_IN, FAN_OUT, COUNT] = [240, 1000, 48_000];

/** Bounds reached and not passed, a mean of 0, variance and fourth moment of the uniform distribution within 5 standard errors. */
function expectUniform(init: Init, bound: number): void {
  manualSeed(5);
  const values = numbers(init, SHAPE);
  const largest = Math.max(...values.map(Math.abs));
  expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-15));
  expect(largest).toBeGreaterThan(bound * 0.999);
  expect(Math.abs(moment(values, 1))).toBeLessThan((5 * bound) / Math.sqrt(3 * COUNT));
  expect(moment(values, 2) / (bound ** 2 / 3)).toBeCloseTo(1, 1.6);
  expect(moment(values, 4) / (bound ** 4 / 5)).toBeCloseTo(1, 1.3);
}

function expectNormal(init: Init, sigma: number, mean = 0): void {
  manualSeed(5);
  const values = numbers(init, SHAPE);
  expect(Math.abs(moment(values, 1) - mean)).toBeLessThan((5 * sigma) / Math.sqrt(COUNT));
  expect(moment(values, 2, mean) / sigma ** 2).toBeCloseTo(1, 1.4);
  expect(moment(values, 4, mean) / (3 * sigma ** 4)).toBeCloseTo(1, 1);
  const beyond = values.filter((value) => Math.abs(value - mean) > 2 * sigma).length / COUNT;
  expect(beyond).toBeCloseTo(0.0455, 2);
  expect(Math.max(...values.map((value) => Math.abs(value - mean)))).toBeGreaterThan(3.5 * sigma);
}

describe("distributions", () => {
  test("Uniform", () => {
    expectUniform("uniform", 0.07);
    expectUniform(new Uniform(0.5), 0.5);
    expectUniform(new Uniform(-0.5), 0.5);
  });

  test("Normal", () => {
    expectNormal("normal", 0.01);
    expectNormal(new Normal(2, -3), 2, -3);
    expect(numbers(new Normal(0, 4), [3])).toEqual([4, 4, 4]);
  });

  test("HeUniform: by name √6 wider than a layer's default", () => {
    expectUniform("HeUniform", Math.sqrt(6 / FAN_IN));
    expectUniform(new HeUniform(Math.sqrt(5)), 1 / Math.sqrt(FAN_IN));
    expectUniform(new HeUniform(0, "fan_out"), Math.sqrt(6 / FAN_OUT));
    expectUniform(new HeUniform(0, "FAN_OUT" as "fan_out", "relu"), Math.sqrt(6 / FAN_OUT));
    for (const nonlinearity of ["linear", "sigmoid", "conv1d", "conv2d", "conv3d", "conv_transpose2d"])
      expectUniform(new HeUniform(0, "fan_in", nonlinearity), Math.sqrt(3 / FAN_IN));
    expectUniform(new HeUniform(9, "fan_in", "tanh"), (5 / 3) * Math.sqrt(3 / FAN_IN));
    expectUniform(new HeUniform(null), Math.sqrt(6 / 1.0001 / FAN_IN));
  });

  test("HeNormal", () => {
    expectNormal("he_normal", Math.sqrt(2 / FAN_IN));
    expectNormal(new HeNormal(Math.sqrt(5), "fan_out"), Math.sqrt(1 / 3 / FAN_OUT));
  });

  test("XavierUniform and XavierNormal", () => {
    expectUniform("xavier_uniform", Math.sqrt(6 / (FAN_IN + FAN_OUT)));
    expectUniform(new XavierUniform(3), 3 * Math.sqrt(6 / (FAN_IN + FAN_OUT)));
    expectNormal("xavier_normal", Math.sqrt(2 / (FAN_IN + FAN_OUT)));
    expectNormal(new XavierNormal(0.5), 0.5 * Math.sqrt(2 / (FAN_IN + FAN_OUT)));
  });

  test("VarianceScaling: the default is uniform, whatever its name says", () => {
    expectUniform("VarianceScaling", Math.sqrt(3 / FAN_IN));
    expectUniform(new VarianceScaling(2, "fan_out", "truncated_normal"), Math.sqrt(6 / FAN_OUT));
    expectUniform(new VarianceScaling(2, "fan_avg", "uniform"), Math.sqrt(6 / ((FAN_IN + FAN_OUT) / 2)));
    expectNormal(new VarianceScaling(2, "fan_in", "untruncated_normal"), Math.sqrt(2 / FAN_IN));
  });

  test("TruncatedNormal: an absolute interval, which the default does not reach", () => {
    expectNormal("TruncatedNormal", 0.01);
    expectNormal(new TruncatedNormal(0.2, 0), 0.2); // ±10 sigma
    manualSeed(5);
    const values = numbers(new TruncatedNormal(1, 0, -1, 2), SHAPE);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-1);
    expect(Math.max(...values)).toBeLessThanOrEqual(2);
    expect(Math.min(...values)).toBeLessThan(-0.999);
    // Mean (φ(−1) − φ(2))/Z and variance 1 + (−1·φ(−1) − 2·φ(2))/Z − mean², with Z = Φ(2) − Φ(−1)
    const mean = (0.24197072 - 0.05399097) / (0.97724987 - 0.15865525);
    const variance = 1 + (-0.24197072 - 2 * 0.05399097) / (0.97724987 - 0.15865525) - mean ** 2;
    expect(moment(values, 1)).toBeCloseTo(mean, 1.9);
    expect(moment(values, 2, mean) / variance).toBeCloseTo(1, 1.6);
    expect(numbers(new TruncatedNormal(0, 5), [2])).toEqual([2, 2]);
  });

  test("constants", () => {
    for (const [init, value] of [
      ["zeros", 0],
      ["Zero", 0],
      [new Zero(), 0],
      ["ones", 1],
      ["One", 1],
      [new One(), 1],
    ] as const)
      expect(numbers(init, [2, 3])).toEqual(Array(6).fill(value));
    expect(numbers(-2.5, [3])).toEqual([-2.5, -2.5, -2.5]);
    expect(numbers(new Constant(7), [2])).toEqual([7, 7]);
  });
});

describe("structured initialisers", () => {
  test.each([[[6, 4, 2]], [[4, 3, 5]], [[12, 2, 6]], [[5, 40]], [[1, 1, 1]], [[30, 1, 1]]])(
    "Orthogonal of shape %j: QᵀQ = gain² I",
    (shape) => {
      const gain = 1.5;
      const q = numbers(new Orthogonal(gain), shape);
      const [rows, columns] = [shape[0]!, q.length / shape[0]!];
      const vectors = Math.min(rows, columns);
      const at = (vector: number, j: number): number =>
        rows <= columns ? q[vector * columns + j]! : q[j * columns + vector]!;
      for (let a = 0; a < vectors; a++)
        for (let b = 0; b < vectors; b++) {
          let sum = 0;
          for (let j = 0; j < Math.max(rows, columns); j++) sum += at(a, j) * at(b, j);
          expect(Math.abs(sum - (a === b ? gain ** 2 : 0))).toBeLessThan(1e-14);
        }
    },
  );

  test("Dirac: MindSpore's centre and groups", () => {
    expect(initializer("dirac", [2, 3, 4]).toArray()).toEqual([
      [
        [0, 0, 1, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
      [
        [0, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 0, 0],
      ],
    ]);
    expect(initializer(new Dirac(2), [6, 2, 1]).squeeze(2).toArray()).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    // On MindSpore's own 4-D weight the centre is (0, ⌊k/2⌋): the same numbers.
    expect(initializer(new Dirac(2), [4, 2, 1, 5]).dataSync()).toEqual(initializer(new Dirac(2), [4, 2, 5]).dataSync());
    expect(
      initializer("dirac", [1, 1, 2, 3, 3])
        .dataSync()
        .indexOf(1 as never),
    ).toBe(9 + 3 + 1);
  });

  test("a Dirac layer passes its channels through", () => {
    const x = tensor([
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
    ]);
    expect(new Conv1d(2, 2, 3, { weightInit: "dirac" }).forward(x).toArray()).toEqual(x.toArray());
    const grouped = new Conv1d(2, 2, 3, { group: 2, weightInit: new Dirac(2) });
    expect(grouped.forward(x).toArray()).toEqual(x.toArray());
  });

  test("Identity and Sparse are for matrices", () => {
    expect(initializer("identity", [2, 3]).toArray()).toEqual([
      [1, 0, 0],
      [0, 1, 0],
    ]);
    manualSeed(3);
    const sparse = initializer(new Sparse(0.3, 2), [10, 50]);
    const zerosPerColumn = sparse.equal(0).sum(0).toArray();
    expect(zerosPerColumn).toEqual(Array(50).fill(3));
    expect(moment(Array.from(sparse.dataSync(), Number).filter(Boolean), 2)).toBeGreaterThan(3);
    for (const [init, name] of [
      [new Identity(), "Identity"],
      ["identity", "Identity"],
      [new Sparse(0.1), "Sparse"],
    ] as const)
      expect(() => initializer(init, [2, 3, 4])).toThrow(
        new OptionError(`For ${name} initializer, the dimension of the initialized tensor should be 2, but got 3.`),
      );
  });
});

describe("names", () => {
  const accepted = {
    ...{ zero: Zero, zeros: Zero, one: One, ones: One, uniform: Uniform, normal: Normal },
    ...{ truncatednormal: TruncatedNormal, heuniform: HeUniform, he_uniform: HeUniform },
    ...{ henormal: HeNormal, he_normal: HeNormal, xavieruniform: XavierUniform, xavier_uniform: XavierUniform },
    ...{ xaviernormal: XavierNormal, xavier_normal: XavierNormal, variancescaling: VarianceScaling },
    ...{ orthogonal: Orthogonal, dirac: Dirac },
  };

  test("all of MindSpore's are taken, in any case, and mean their class", () => {
    for (const [name, Class] of Object.entries(accepted))
      for (const spelling of [name, name.toUpperCase(), name[0]!.toUpperCase() + name.slice(1), Class.name]) {
        manualSeed(11);
        const named = initializer(spelling, [4, 3, 5]).dataSync();
        manualSeed(11);
        expect(initializer(new Class(), [4, 3, 5]).dataSync()).toEqual(named);
        manualSeed(11);
        expect(new Conv1d(3, 4, 5, { weightInit: spelling }).weight.dataSync()).toEqual(named);
        manualSeed(11);
        expect(new Conv1dTranspose(4, 3, 5, { weightInit: spelling }).weight.dataSync()).toEqual(named);
      }
  });

  test.each([
    "constant",
    "truncated_normal",
    "kaiming_uniform",
    "foo",
    "",
    " zeros",
    "constructor",
    "variance_scaling",
  ])("%j is not one", (name) => {
    expect(() => initializer(name, [2, 2])).toThrow(
      new OptionError(`For 'initializer', the class corresponding to '${name}' was not found.`),
    );
  });

  test("sparse is one, but has no default", () => {
    expect(() => initializer("Sparse", [2, 2])).toThrow(
      new OptionTypeError(
        "For 'initializer', 'sparse' is missing its required argument 'sparsity'; give new Sparse(sparsity) instead.",
      ),
    );
  });
});

describe("initializer()", () => {
  test("gives a tensor of the shape and type asked for", () => {
    expect(initializer("ones", 3).toArray()).toEqual([1, 1, 1]);
    expect(initializer("ones", [2, 1]).dtype).toBe("float32");
    const wide = initializer(0.1, [1], "float64");
    expect(wide.dtype).toBe("float64");
    expect(wide.item()).toBe(0.1);
    expect(wide.requiresGrad).toBe(false);
  });

  test("returns a tensor as it is", () => {
    const given = tensor([1, 2]);
    expect(initializer(given, [2], "float64")).toBe(given);
    expect(initializer(given)).toBe(given);
    expect(() => initializer(given, 3)).toThrow(
      new OptionError(
        "For 'initializer', the shape of the 'init' argument should be same as the argument 'shape', but got the 'init' shape [2] and the 'shape' [3].",
      ),
    );
  });

  test("refuses other things, and shapes that are none", () => {
    for (const [value, type] of [
      [[1], "list"],
      [{}, "dict"],
      [null, "NoneType"],
      [true, "bool"],
      [Zero, "function"],
    ] as const)
      expect(() => initializer(value as never, [2])).toThrow(
        new OptionTypeError(
          `For 'initializer', the type of the 'init' argument should be 'Tensor', 'number', 'string' or 'initializer', but got <class '${type}'>.`,
        ),
      );
    for (const [shape, shown] of [
      [[2, 0, 3], "(2, 0, 3)"],
      [[-1], "(-1,)"],
      [[1.5, 2], "(1.5, 2)"],
      [0, "(0,)"],
    ] as const)
      expect(() => initializer("ones", shape as never)).toThrow(
        new OptionError(
          `For 'initializer', the argument 'shape' is invalid, the value of 'shape' must be positive integer, but got ${shown}`,
        ),
      );
    expect(() => initializer("ones")).toThrow(
      new OptionTypeError(
        "For 'initializer', the argument 'shape' must be an integer or a list of them, but got <class 'NoneType'>.",
      ),
    );
    expect(() => initializer("ones", [1], "int32" as never)).toThrow(
      'initializer: dtype must be "float32" or "float64", got "int32"',
    );
  });

  test("arguments of initialisers", () => {
    const cases: [() => unknown, string][] = [
      [() => new Normal(-1), "For 'Normal', the 'sigma' must be >= 0, but got -1."],
      [() => new TruncatedNormal(-1), "For 'TruncatedNormal', the 'sigma' must be >= 0, but got -1."],
      [() => new TruncatedNormal(1, 0, 2, 1), "For 'TruncatedNormal', 'a' must be <= 'b', but got 'a': 2 and 'b': 1."],
      [() => initializer(new XavierNormal(-1), [2, 2]), "For 'XavierNormal', the 'sigma' must be >= 0, but got -1."],
      [
        () => new HeUniform(0, "fan_avg" as never),
        "For 'HeUniform', 'mode' fan_avg not supported, please use one of ['fan_in', 'fan_out'].",
      ],
      [
        () => new HeNormal(0, "fan_in", "selu"),
        "For 'HeNormal', the argument 'nonlinearity' should be one of ['sigmoid', 'tanh', 'relu' or 'leaky_relu'], but got selu.",
      ],
      [
        () => new VarianceScaling(0),
        "For VarianceScaling initializer, the argument 'scale' must be greater than 0, but got 0.",
      ],
      [
        () => new VarianceScaling(1, "fan" as never),
        "For VarianceScaling initializer, the argument 'mode' must be fan_in, fan_out or fan_avg, but got fan.",
      ],
      [
        () => new VarianceScaling(1, "fan_in", "truncated_norm" as never),
        "For VarianceScaling initializer, the argument 'distribution' must be uniform, truncated_normal or untruncated_normal, but got truncated_norm.",
      ],
      [
        () => initializer("orthogonal", [3]),
        "For Orthogonal initializer, the dimension of the initialized tensor should be no less than 2, but got 1.",
      ],
      [
        () => initializer("dirac", [3, 3]),
        "For Dirac initializer, only support to initialize tensor with dimension of 3, 4 or 5, but got 2.",
      ],
      [
        () => initializer(new Dirac(2), [3, 2, 1]),
        "For Dirac initializer, the first dimension of the initialized tensor must be divisible by groups, but got first dimension 3, groups 2.",
      ],
      ...["HeUniform", "HeNormal", "XavierUniform", "XavierNormal", "VarianceScaling"].map(
        (name): [() => unknown, string] => [
          () => initializer(name, [3]),
          `For '${name}', 'fan_in' and 'fan_out' can not be computed for tensor with fewer than 2 dimensions, but got dimensions 1.`,
        ],
      ),
    ];
    for (const [call, message] of cases) expect(call, message).toThrow(new OptionError(message));
    for (const call of [
      () => new Uniform("1" as never),
      () => new Constant(undefined as never),
      () => new HeUniform(true as never),
    ])
      expect(call).toThrow(OptionTypeError);
  });
});

describe("in a layer", () => {
  test("a tensor is the weight, rounded to the layer's type, and stays what it was", () => {
    const given = tensor([[[0.1, 2]]], { dtype: "float64" });
    const layer = new Conv1dTranspose(1, 1, 2, { weightInit: given, biasInit: tensor([4]), hasBias: true });
    expect(layer.weight.dtype).toBe("float32");
    expect(layer.weight.toArray()).toEqual([[[Math.fround(0.1), 2]]]);
    expect(layer.bias!.toArray()).toEqual([4]);
    layer.weight.assign(zeros([1, 1, 2]));
    expect(given.toArray()).toEqual([[[0.1, 2]]]);
    expect(layer.weight.requiresGrad).toBe(true);
  });

  test("another layer's parameters are values to start from, not parameters of this one", () => {
    const source = new Conv1d(2, 3, 3, { hasBias: true });
    const copy = new Conv1d(2, 3, 3, { hasBias: true, weightInit: source.weight, biasInit: source.bias });
    expect(Array.from(copy.namedParameters(), ([name]) => name)).toEqual(["weight", "bias"]);
    expect(copy.weight).not.toBe(source.weight);
    expect(copy.weight.toArray()).toEqual(source.weight.toArray());
  });

  test("the defaults are named objects", () => {
    const layer = new Conv1d(2, 3, 5, { hasBias: true });
    expect(layer.weightInit).toBeInstanceOf(HeUniform);
    expect((layer.weightInit as HeUniform).negativeSlope).toBe(Math.sqrt(5));
    expect((layer.biasInit as Uniform).scale).toBe(1 / Math.sqrt(10));
    expect(new Conv1d(1, 1, 1, { weightInit: null, biasInit: null }).biasInit).toBeNull();
  });

  test("one's own initialiser", () => {
    class Ramp extends Initializer {
      override fill(parameter: Parameter): void {
        parameter.assign(tensor(Array.from({ length: parameter.size }, (_, i) => i)).reshape(parameter.shape));
      }
    }
    expect(new Conv1d(1, 1, 3, { weightInit: new Ramp() }).weight.toArray()).toEqual([[[0, 1, 2]]]);
    expect(String(new Ramp())).toBe("<mindspore.common.initializer.Ramp object>");
  });
});
