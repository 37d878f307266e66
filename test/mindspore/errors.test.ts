import { AtrousError, OptionError, OptionTypeError, ShapeError, tensor, zeros } from "atrous";
import { Conv1d, Conv1dTranspose } from "atrous/mindspore";
import { describe, expect, test } from "vitest";

const layers = { Conv1d, Conv1dTranspose };
type Layer = keyof typeof layers;

/** The error that constructing the layer with these arguments throws. */
function refused(layer: Layer, numbers: readonly unknown[], options?: unknown): AtrousError {
  try {
    new layers[layer](...(numbers as [number, number, number]), options as object);
  } catch (error) {
    if (error instanceof AtrousError) return error;
    throw error;
  }
  throw new Error(`${layer} took ${JSON.stringify([numbers, options])}`);
}

describe.each(["Conv1d", "Conv1dTranspose"] as const)("%s refuses", (layer) => {
  const typeCases: [string, unknown][] = [
    ["tuple", [3]],
    ["bool", true],
    ["float", 2.5],
    ["float", Number.NaN],
    ["float", Number.POSITIVE_INFINITY],
    ["str", "3"],
    ["NoneType", null],
    ["dict", {}],
    ["bigint", 3n],
    ["Tensor", tensor(3)],
  ];
  test.each(typeCases)("type %s where an int belongs", (type, value) => {
    for (const [name, numbers, options] of [
      ["kernel_size", [2, 2, value], {}],
      ["stride", [2, 2, 3], { stride: value }],
      ["padding", [2, 2, 3], { padding: value }],
      ["dilation", [2, 2, 3], { dilation: value }],
    ] as const) {
      const error = refused(layer, numbers, options);
      expect(error).toBeInstanceOf(OptionTypeError);
      expect(error.message).toBe(`For '${layer}', the type of '${name}' should be 'int', but got type '${type}'.`);
    }
  });

  test("a missing kernel size", () => {
    expect(refused(layer, [2, 2]).message).toBe(
      `For '${layer}', the type of 'kernel_size' should be 'int', but got type 'NoneType'.`,
    );
  });

  test.each([
    ["kernel_size", ">= 1", [2, 2, 0], {}, 0],
    ["kernel_size", ">= 1", [2, 2, -3], {}, -3],
    ["stride", ">= 1", [2, 2, 3], { stride: 0 }, 0],
    ["padding", ">= 0", [2, 2, 3], { padding: -1, padMode: "pad" }, -1],
    ["dilation", ">= 1", [2, 2, 3], { dilation: 0 }, 0],
    ["in_channels", "> 0", [0, 2, 3], {}, 0],
    ["out_channels", "> 0", [2, -2, 3], {}, -2],
    ["group", "> 0", [2, 2, 3], { group: 0 }, 0],
    ["kernel_size", "<= 2147483647", [2, 2, 2 ** 31], {}, 2 ** 31],
  ] as const)("%s unless %s", (name, rule, numbers, options, value) => {
    const error = refused(layer, numbers, options);
    expect(error.name).toBe("OptionError");
    expect(error.message).toBe(
      `For '${layer}', the '${name}' must be int and must ${rule}, but got '${value}' with type 'int'.`,
    );
  });

  test("channels and groups of the wrong type", () => {
    for (const [name, numbers, options] of [
      ["in_channels", (value: unknown) => [value, 2, 3], () => ({})],
      ["out_channels", (value: unknown) => [2, value, 3], () => ({})],
      ["group", () => [2, 2, 3], (value: unknown) => ({ group: value })],
    ] as const) {
      for (const [value, type] of [
        [1.5, "float"],
        ["2", "str"],
        [[2], "tuple"],
        [null, "NoneType"],
      ] as const) {
        const error = refused(layer, numbers(value), options(value));
        expect(error).toBeInstanceOf(OptionTypeError);
        expect(error.message).toBe(`For '${layer}', the '${name}' must be int, but got '${type}'`);
      }
      const error = refused(layer, numbers(true), options(true));
      expect(error).toBeInstanceOf(OptionTypeError);
      expect(error.message).toBe(
        `For '${layer}', the '${name}' must be int and must > 0, but got 'True' with type 'bool'.`,
      );
    }
  });

  test("channels that are no multiples of group", () => {
    for (const error of [refused(layer, [3, 4, 1], { group: 2 }), refused(layer, [4, 3, 1], { group: 2 })])
      expect(error.name).toBe("OptionError");
    expect(refused(layer, [3, 4, 1], { group: 2 }).message).toBe(
      `For '${layer}', the attr 'in_channels' must be divisible by attr 'group', but got 'in_channels': 3 and 'group': 2.`,
    );
    expect(refused(layer, [4, 3, 1], { group: 2 }).message).toBe(
      `For '${layer}', the 'out_channels' must be divisible by attr 'group', but got 'out_channels': 3 and 'group': 2.`,
    );
  });

  test("has_bias that is no boolean", () => {
    for (const [value, type] of [
      [1, "int"],
      ["yes", "str"],
      [null, "NoneType"],
    ] as const) {
      const error = refused(layer, [1, 1, 1], { hasBias: value });
      expect(error).toBeInstanceOf(OptionTypeError);
      expect(error.message).toBe(`For '${layer}', the 'has_bias' must be a bool, but got ${type}.`);
    }
  });

  test("pad modes that do not exist, case included", () => {
    for (const value of ["SAME", "causal", 1, ["same"], null]) {
      const error = refused(layer, [1, 1, 1], { padMode: value });
      expect(error.name).toBe("OptionError");
      expect(error.message).toContain(
        `For '${layer}', the 'pad_mode' must be str and must be in '['valid', 'same', 'pad']', but got '`,
      );
    }
    expect(refused(layer, [1, 1, 1], { padMode: "SAME" }).message).toMatch(/, but got 'SAME'\.$/);
    expect(refused(layer, [1, 1, 1], { padMode: null }).message).toMatch(/, but got 'None'\.$/);
  });

  test("padding without padMode pad", () => {
    for (const padMode of ["same", "valid"] as const) {
      const error = refused(layer, [1, 1, 1], { padMode, padding: 1 });
      expect(error.name).toBe("OptionError");
      expect(error.message).toBe(
        `For '${layer}', the 'padding' must be zero when 'pad_mode' is not "pad", but got 'padding' is 1 and 'pad_mode' is ${padMode}.`,
      );
    }
  });

  test("options that do not exist, and options that are no object", () => {
    expect(refused(layer, [1, 1, 1], { pad_mode: "pad" }).message).toBe(
      `${layer}: unknown option "pad_mode"; did you mean "padMode"?`,
    );
    expect(refused(layer, [1, 1, 1], { groups: 1 }).message).toContain(
      `${layer}: unknown option "groups"; known options: stride, `,
    );
    expect(refused(layer, [1, 1, 1], 2)).toBeInstanceOf(OptionTypeError);
    expect(refused(layer, [1, 1, 1], { dtype: "int32" }).message).toContain(
      `${layer}: dtype must be "float32" or "float64"`,
    );
  });

  test("tensors of another rank or shape as weight and bias", () => {
    const rank = refused(layer, [2, 2, 3], { weightInit: zeros([2, 2, 1, 3]) });
    expect(rank.name).toBe("OptionError");
    expect(rank.message).toBe(
      `For '${layer}', the 'weight_init_shape' must be int and must = 3, but got '4' with type 'int'.`,
    );
    const shape = refused(layer, [2, 2, 3], { weightInit: zeros([2, 2, 4]) });
    expect(shape.name).toBe("OptionError");
    expect(shape.message).toBe(
      `For 'initializer', the shape of the 'init' argument should be same as the argument 'shape', but got the 'init' shape [2, 2, 4] and the 'shape' [2, 2, 3]. (weight_init of ${layer})`,
    );
    expect(refused(layer, [2, 2, 3], { hasBias: true, biasInit: zeros([3]) }).message).toBe(
      `For 'initializer', the shape of the 'init' argument should be same as the argument 'shape', but got the 'init' shape [3] and the 'shape' [2]. (bias_init of ${layer})`,
    );
  });

  test("initialisers that do not exist or cannot fill a weight, and names the parameter", () => {
    expect(refused(layer, [2, 2, 3], { weightInit: "foo" }).message).toBe(
      `For 'initializer', the class corresponding to 'foo' was not found. (weight_init of ${layer})`,
    );
    expect(refused(layer, [2, 2, 3], { weightInit: "identity" }).message).toBe(
      `For Identity initializer, the dimension of the initialized tensor should be 2, but got 3. (weight_init of ${layer})`,
    );
    const bias = refused(layer, [2, 2, 3], { hasBias: true, biasInit: "he_uniform" });
    expect(bias.message).toBe(
      `For 'HeUniform', 'fan_in' and 'fan_out' can not be computed for tensor with fewer than 2 dimensions, but got dimensions 1. (bias_init of ${layer})`,
    );
    expect(bias.cause).toBeInstanceOf(OptionError);
    const type = refused(layer, [2, 2, 3], { weightInit: [1] });
    expect(type).toBeInstanceOf(OptionTypeError);
    expect(type.message).toContain("or 'initializer', but got <class 'list'>.");
  });

  test("what MindSpore ignores: the initialiser of a bias that is not there", () => {
    expect(new layers[layer](1, 1, 1, { biasInit: "foo" }).bias).toBeNull();
  });

  test("inputs that are not (N, C, L)", () => {
    const net = new layers[layer](2, 3, 3);
    for (const shape of [
      [2, 8],
      [1, 2, 8, 1],
    ]) {
      expect(() => net.forward(zeros(shape))).toThrow(ShapeError);
      expect(() => net.forward(zeros(shape))).toThrow(
        `For '${layer}', the dimension of input must be 3d, but got ${shape.length}.`,
      );
    }
    expect(() => net.forward(zeros([1, 3, 8]))).toThrow(`${layer}: expected 2 input channels`);
    expect(() => net.forward([1] as never)).toThrow(OptionTypeError);
  });
});

/** Each set of arguments is wrong in one more way than the next; the first in MindSpore's order must be told. */
test("errors come in MindSpore's order", () => {
  const wrong = { stride: 0, padding: -1, dilation: 0, group: 3, weightInit: zeros([1]), hasBias: 1, padMode: "no" };
  const right = { stride: 1, padding: 2, dilation: 1, group: 1, weightInit: "zeros", hasBias: false, padMode: "same" };
  const order = (layer: Layer, steps: readonly (readonly [string, string])[]): void => {
    const numbers: unknown[] = [0.5, -1, 0];
    const options: Record<string, unknown> = { ...wrong };
    for (const [fix, complaint] of steps) {
      expect(refused(layer, numbers, options).message, `before ${fix}`).toContain(complaint);
      if (fix === "inChannels") numbers[0] = 2;
      else if (fix === "outChannels") numbers[1] = 2;
      else if (fix === "kernelSize") numbers[2] = 1;
      else options[fix] = right[fix as keyof typeof right];
    }
  };
  const start = [
    ["kernelSize", "'kernel_size' must be int and must >= 1"],
    ["stride", "'stride' must be int and must >= 1"],
    ["padding", "'padding' must be int and must >= 0"],
    ["dilation", "'dilation' must be int and must >= 1"],
  ] as const;
  const end = [
    ["hasBias", "'has_bias' must be a bool"],
    ["padMode", "'pad_mode' must be str"],
    ["padding", "'padding' must be zero"],
  ] as const;
  const channels = [
    ["inChannels", "'in_channels' must be int"],
    ["outChannels", "'out_channels' must be int and must > 0"],
  ] as const;
  const weight = ["weightInit", "the 'weight_init_shape' must be int and must = 3"] as const;
  order("Conv1dTranspose", [...start, weight, ...channels, ["group", "'in_channels' must be divisible"], ...end]);
  order("Conv1d", [...start, ["group", "'out_channels' must be divisible"], weight, ...channels, ...end]);
  // Types come before values.
  expect(refused("Conv1d", [1, 1, 0], { dilation: "1" }).message).toContain("the type of 'dilation'");
});
