import { DTypeError, F, nn, OptionError, OptionTypeError, ShapeError, type Tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";

/**
 * The four ways into a convolution. Whatever is wrong with the options is an error of each, for a layer at construction, whatever
 * PyTorch does there: its texts are in the comments, from `Conv1d(4, 4, 3, …)` or `F.conv1d(x, w, …)`.
 */
const ways: Record<string, (options: unknown) => unknown> = {
  Conv1d: (options) => new nn.Conv1d(4, 4, 3, options as object),
  ConvTranspose1d: (options) => new nn.ConvTranspose1d(4, 4, 3, options as object),
  conv1d: (options) => F.conv1d(zeros([1, 4, 9]), zeros([4, 4, 3]), null, options as object),
  convTranspose1d: (options) => F.convTranspose1d(zeros([1, 4, 9]), zeros([4, 4, 3]), null, options as object),
};
const functions = { conv1d: F.conv1d, convTranspose1d: F.convTranspose1d };
const layers = { Conv1d: nn.Conv1d, ConvTranspose1d: nn.ConvTranspose1d };
const any = (value: unknown): never => value as never;

/** Cases under their messages: some options are no JSON. */
const titled = <T>(cases: readonly [T, Error][]): [string, T, Error][] =>
  cases.map(([options, error]) => [error.message, options, error]);

describe.each(Object.entries(ways))("options of %s", (op, make) => {
  const whole = (minimum: number): string => `an integer in ${minimum}..2147483647`;
  const known = {
    Conv1d: "stride, padding, dilation, groups, paddingMode, bias, dtype",
    ConvTranspose1d: "stride, padding, dilation, groups, paddingMode, outputPadding, bias, dtype",
    conv1d: "stride, padding, dilation, groups, paddingMode",
    convTranspose1d: "stride, padding, dilation, groups, paddingMode, outputPadding, outputLength",
  }[op];

  const refused: [unknown, Error][] = [
    // names
    [{ padding_mode: "zeros" }, new OptionError(`${op}: unknown option "padding_mode"; did you mean "paddingMode"?`)],
    [{ paddingmode: "zeros" }, new OptionError(`${op}: unknown option "paddingmode"; did you mean "paddingMode"?`)],
    [{ Stride: 1 }, new OptionError(`${op}: unknown option "Stride"; did you mean "stride"?`)],
    [{ dilations: 1 }, new OptionError(`${op}: unknown option "dilations"; known options: ${known}`)],
    [{ stride: 1, kernelSize: 3 }, new OptionError(`${op}: unknown option "kernelSize"; known options: ${known}`)],
    [2, new OptionTypeError(`${op}: options must be an object such as { stride: … }, got 2`)],
    [null, new OptionTypeError(`${op}: options must be an object such as { stride: … }, got null`)],
    [[2], new OptionTypeError(`${op}: options must be an object such as { stride: … }, got [2]`)],

    // non-positive stride is not supported
    [{ stride: 0 }, new OptionError(`${op}: stride must be ${whole(1)}, got 0`)],
    [{ stride: -1 }, new OptionError(`${op}: stride must be ${whole(1)}, got -1`)],
    [{ stride: [0] }, new OptionError(`${op}: stride must be ${whole(1)}, got 0`)],
    [{ stride: 2 ** 31 }, new OptionError(`${op}: stride must be ${whole(1)}, got 2147483648`)],
    [{ stride: Number.NaN }, new OptionError(`${op}: stride must be ${whole(1)}, got NaN`)],
    [{ stride: Number.POSITIVE_INFINITY }, new OptionError(`${op}: stride must be ${whole(1)}, got Infinity`)],
    [{ stride: 1.5 }, new OptionError(`${op}: stride must be ${whole(1)}, got 1.5`)],
    [{ stride: "2" }, new OptionTypeError(`${op}: stride must be an integer, got "2"`)],
    [{ stride: true }, new OptionTypeError(`${op}: stride must be an integer, got true`)],
    [{ stride: null }, new OptionTypeError(`${op}: stride must be an integer, got null`)],
    [{ stride: 2n }, new OptionTypeError(`${op}: stride must be an integer, got 2n`)],
    // expected stride to be a single integer value or a list of 1 values to match the convolution dimensions, but got stride=[1, 2]
    [{ stride: [1, 2] }, new OptionError(`${op}: stride must be one integer (time has one dimension), got [1, 2]`)],
    [{ stride: [] }, new OptionError(`${op}: stride must be one integer (time has one dimension), got []`)],

    // dilation should be greater than zero
    [{ dilation: 0 }, new OptionError(`${op}: dilation must be ${whole(1)}, got 0`)],
    [{ dilation: -2 }, new OptionError(`${op}: dilation must be ${whole(1)}, got -2`)],
    [{ dilation: "2" }, new OptionTypeError(`${op}: dilation must be an integer, got "2"`)],
    [{ dilation: null }, new OptionTypeError(`${op}: dilation must be an integer, got null`)],
    [{ dilation: [2, 2] }, new OptionError(`${op}: dilation must be one integer (time has one dimension), got [2, 2]`)],

    // groups must be a positive integer; non-positive groups is not supported
    [{ groups: 0 }, new OptionError(`${op}: groups must be ${whole(1)}, got 0`)],
    [{ groups: -1 }, new OptionError(`${op}: groups must be ${whole(1)}, got -1`)],
    [{ groups: 1.5 }, new OptionError(`${op}: groups must be ${whole(1)}, got 1.5`)],
    [{ groups: [2] }, new OptionTypeError(`${op}: groups must be an integer, got [2]`)],
    [{ groups: null }, new OptionTypeError(`${op}: groups must be an integer, got null`)],
    // in_channels must be divisible by groups; …to be divisible by 3 at dimension 0, but got weight of size [[4, 4, 3]] instead
    [
      { groups: 3 },
      new OptionError(
        op in layers
          ? `${op}: inChannels 4 must be divisible by groups 3`
          : `${op}: the first length 4 of the weight (shape [4, 4, 3]) must be divisible by groups 3`,
      ),
    ],

    // negative padding is not supported
    [{ padding: -1 }, new OptionError(`${op}: padding must be ${whole(0)}, got -1`)],
    // with a mode, PyTorch crops by accident
    [{ padding: -1, paddingMode: "reflect" }, new OptionError(`${op}: padding must be ${whole(0)}, got -1`)],
    [{ padding: [0, -1] }, new OptionError(`${op}: padding must be ${whole(0)}, got -1`)],
    [{ padding: 1.5 }, new OptionError(`${op}: padding must be ${whole(0)}, got 1.5`)],
    [{ padding: Number.NaN }, new OptionError(`${op}: padding must be ${whole(0)}, got NaN`)],
    [{ padding: null }, new OptionTypeError(`${op}: padding must be an integer, got null`)],
    [{ padding: [1, "1"] }, new OptionTypeError(`${op}: padding must be an integer, got "1"`)],
    [
      { padding: true },
      new OptionTypeError(`${op}: padding must be a number, [before, after] or a rule's name, got true`),
    ],
    [
      { padding: [1, 2, 3] },
      new OptionTypeError(`${op}: padding must be a number, [before, after] or a rule's name, got [1, 2, 3]`),
    ],
    [{ padding: [] }, new OptionTypeError(`${op}: padding must be a number, [before, after] or a rule's name, got []`)],
    // Invalid padding string 'SAME', should be one of {'same', 'valid'}; ConvTranspose1d takes it for ('S', 'A', 'M', 'E')
    ...["SAME", "Valid", "full", "", "toString"].map((padding): [unknown, Error] => [
      { padding },
      new OptionError(`${op}: padding must be a number, [before, after], "valid", "same", "causal", got "${padding}"`),
    ]),
    // padding='same' is not supported for strided convolutions
    [
      { padding: "same", stride: 2 },
      new OptionError(
        `${op}: padding "same" is not supported with stride 2, as in PyTorch; its amount would depend on the length. Give numbers, or use atrous/mindspore`,
      ),
    ],

    // padding_mode must be one of {…}, but got padding_mode='mirror'
    ...["mirror", "constant", "REFLECT", ""].map((paddingMode): [unknown, Error] => [
      { paddingMode },
      new OptionError(`${op}: paddingMode must be "zeros", "reflect", "replicate", "circular", got "${paddingMode}"`),
    ]),
    [{ paddingMode: null }, new OptionTypeError(`${op}: paddingMode must be a name, got null`)],
    [{ paddingMode: ["zeros"] }, new OptionTypeError(`${op}: paddingMode must be a name, got ["zeros"]`)],
  ];
  test.each(titled(refused))("%s", (_title, options, error) => {
    expect(() => make(options)).toThrow(error);
  });

  test("undefined is the default", () => {
    expect(() =>
      make({ stride: undefined, padding: undefined, dilation: undefined, groups: undefined, paddingMode: undefined }),
    ).not.toThrow();
  });
});

describe.each(["ConvTranspose1d", "convTranspose1d"])("outputPadding of %s", (op) => {
  const refused: [object, Error][] = [
    // negative output_padding is not supported
    [
      { outputPadding: -1, stride: 2 },
      new OptionError(`${op}: outputPadding must be an integer in 0..2147483647, got -1`),
    ],
    [
      { outputPadding: 0.5, stride: 2 },
      new OptionError(`${op}: outputPadding must be an integer in 0..2147483647, got 0.5`),
    ],
    [{ outputPadding: "1", stride: 2 }, new OptionTypeError(`${op}: outputPadding must be an integer, got "1"`)],
    [{ outputPadding: null }, new OptionTypeError(`${op}: outputPadding must be an integer, got null`)],
    [
      { outputPadding: [1, 1], stride: 2 },
      new OptionError(`${op}: outputPadding must be one integer (time has one dimension), got [1, 1]`),
    ],
    // output padding must be smaller than either stride or dilation, but got output_padding_height: 0 output_padding_width: 1 …
    [
      { outputPadding: 1 },
      new OptionError(`${op}: outputPadding 1 must be smaller than max(stride, dilation) = 1 (stride 1, dilation 1)`),
    ],
    [
      { outputPadding: 2, stride: 2 },
      new OptionError(`${op}: outputPadding 2 must be smaller than max(stride, dilation) = 2 (stride 2, dilation 1)`),
    ],
    [
      { outputPadding: 3, stride: 2, dilation: 3 },
      new OptionError(`${op}: outputPadding 3 must be smaller than max(stride, dilation) = 3 (stride 2, dilation 3)`),
    ],
    [{ output_padding: 1 }, new OptionError(`${op}: unknown option "output_padding"; did you mean "outputPadding"?`)],
  ];
  test.each(titled(refused))("%s", (_title, options, error) => {
    expect(() => ways[op]!(options)).toThrow(error);
  });

  test("the largest that is allowed", () => {
    expect(() => ways[op]!({ outputPadding: 2, stride: 2, dilation: 3 })).not.toThrow();
  });
});

describe.each(["Conv1d", "conv1d"])("%s", (op) => {
  test("has no outputPadding", () => {
    expect(() => ways[op]!({ outputPadding: 0 })).toThrow(/unknown option "outputPadding"; known options: stride, /);
  });
});

describe.each(Object.entries(layers))("positional arguments of %s", (op, Layer) => {
  const whole = "must be an integer in 1..2147483647";
  const refused: [string, unknown[], Error][] = [
    // Trying to create tensor with negative dimension -1: [4, 4, -1]; of 0 PyTorch only warns
    ["negative inChannels", [-1, 4, 3], new OptionError(`${op}: inChannels ${whole}, got -1`)],
    ["negative outChannels", [4, -1, 3], new OptionError(`${op}: outChannels ${whole}, got -1`)],
    ["negative kernelSize", [4, 4, -1], new OptionError(`${op}: kernelSize ${whole}, got -1`)],
    ["no input channels", [0, 4, 3], new OptionError(`${op}: inChannels ${whole}, got 0`)],
    ["no output channels", [4, 0, 3], new OptionError(`${op}: outChannels ${whole}, got 0`)],
    // kernel size should be greater than zero, but got kernel_height: 1 kernel_width: 0
    ["no taps", [4, 4, 0], new OptionError(`${op}: kernelSize ${whole}, got 0`)],
    ["half a tap", [4, 4, 2.5], new OptionError(`${op}: kernelSize ${whole}, got 2.5`)],
    // PyTorch builds a weight of 4 axes, which fails in forward
    [
      "two kernel sizes",
      [4, 4, [3, 3]],
      new OptionError(`${op}: kernelSize must be one integer (time has one dimension), got [3, 3]`),
    ],
    ["a string", [4, 4, "3"], new OptionTypeError(`${op}: kernelSize must be an integer, got "3"`)],
    ["channels as a string", ["4", 4, 3], new OptionTypeError(`${op}: inChannels must be an integer, got "4"`)],
    ["null", [4, null, 3], new OptionTypeError(`${op}: outChannels must be an integer, got null`)],
    [
      "the options in place of the kernel size",
      [4, 4, {}],
      new OptionTypeError(`${op}: kernelSize must be an integer, got Object`),
    ],
    ["too few", [4, 4], new OptionTypeError(`${op}: kernelSize must be an integer, got undefined`)],
    ["none", [], new OptionTypeError(`${op}: inChannels must be an integer, got undefined`)],
    [
      "the stride as PyTorch's fourth",
      [4, 4, 3, 2],
      new OptionTypeError(`${op}: options must be an object such as { stride: … }, got 2`),
    ],
    [
      "inChannels and groups",
      [3, 4, 3, { groups: 2 }],
      new OptionError(`${op}: inChannels 3 must be divisible by groups 2`),
    ],
    [
      "outChannels and groups",
      [4, 3, 3, { groups: 2 }],
      new OptionError(`${op}: outChannels 3 must be divisible by groups 2`),
    ],
    ["bias as a number", [4, 4, 3, { bias: 1 }], new OptionTypeError(`${op}: bias must be true or false, got 1`)],
    [
      "bias as a string",
      [4, 4, 3, { bias: "false" }],
      new OptionTypeError(`${op}: bias must be true or false, got "false"`),
    ],
    [
      "a bias that is null",
      [4, 4, 3, { bias: null }],
      new OptionTypeError(`${op}: bias must be true or false, got null`),
    ],
    ["channels in an array", [[4], 4, 3], new OptionTypeError(`${op}: inChannels must be an integer, got [4]`)],
    [
      "a dtype of integers",
      [4, 4, 3, { dtype: "int32" }],
      new DTypeError(`${op}: dtype must be "float32" or "float64", got "int32"`),
    ],
    [
      "a dtype that is none",
      [4, 4, 3, { dtype: "float16" }],
      new DTypeError(`${op}: dtype must be "float32" or "float64", got "float16"`),
    ],
  ];
  test.each(refused)("%s", (_name, args, error) => {
    expect(() => new Layer(...(args as [number, number, number]))).toThrow(error);
  });

  test("integer weights", () => {
    expect(() => new Layer(4, 4, 3, { dtype: any("int32") })).toThrow(DTypeError);
  });
});

describe.each(Object.entries(functions))("tensors of %s", (op, convolve) => {
  const weight = op === "conv1d" ? zeros([3, 2, 3]) : zeros([2, 3, 3]); // 2 channels in, 3 out
  const shown = `[${weight.shape.join(", ")}]`;
  const double = { dtype: "float64" } as const;
  const refused: [string, () => unknown, Error][] = [
    // Expected 2D (unbatched) or 3D (batched) input to conv1d, but got input of size: [5]
    ...[[], [5], [1, 2, 5, 1]].map((shape): [string, () => unknown, Error] => [
      `an input of ${shape.length} axes`,
      () => convolve(zeros(shape), weight),
      new ShapeError(
        `${op}: expected an input (channels, length) or (batch, channels, length), got shape [${shape.join(", ")}]`,
      ),
    ]),
    // Given groups=1, weight of size [3, 2, 3], expected input[1, 4, 5] to have 2 channels, but got 4 channels instead
    [
      "channels",
      () => convolve(zeros([1, 4, 5]), weight),
      new ShapeError(`${op}: expected 2 input channels (weight ${shown}, groups 1), got 4 (input [1, 4, 5])`),
    ],
    [
      "channels without a batch axis",
      () => convolve(zeros([4, 5]), weight),
      new ShapeError(`${op}: expected 2 input channels (weight ${shown}, groups 1), got 4 (input [4, 5])`),
    ],
    [
      "channels of groups",
      () => convolve(zeros([4, 5]), zeros([2, 1, 3]), null, { groups: 2 }),
      new ShapeError(`${op}: expected 2 input channels (weight [2, 1, 3], groups 2), got 4 (input [4, 5])`),
    ],
    // Given weight of size [2, 1, 2], expected bias to be 1-dimensional with 2 elements, but got bias of size [3] instead
    [
      "the length of the bias",
      () => convolve(zeros([1, 2, 5]), weight, zeros([2])),
      new ShapeError(`${op}: the bias must have shape [3], one element per output channel, got [2]`),
    ],
    [
      "a bias of one element",
      () => convolve(zeros([1, 2, 5]), weight, zeros([1])),
      new ShapeError(`${op}: the bias must have shape [3], one element per output channel, got [1]`),
    ],
    [
      "the rank of the bias",
      () => convolve(zeros([1, 2, 5]), weight, zeros([3, 1])),
      new ShapeError(`${op}: the bias must have shape [3], one element per output channel, got [3, 1]`),
    ],
    // Given groups=2, expected weight to be at least 2 at dimension 0, but got weight of size [1, 2, 2] instead
    [
      "fewer filters than groups",
      () => convolve(zeros([1, 2, 5]), zeros([1, 2, 2]), null, { groups: 2 }),
      new OptionError(`${op}: the first length 1 of the weight (shape [1, 2, 2]) must be divisible by groups 2`),
    ],
    // …to be divisible by 2 at dimension 0, but got weight of size [[3, 2, 2]] instead
    [
      "a remainder of filters",
      () => convolve(zeros([1, 4, 5]), zeros([3, 2, 2]), null, { groups: 2 }),
      new OptionError(`${op}: the first length 3 of the weight (shape [3, 2, 2]) must be divisible by groups 2`),
    ],
    // weight should have at least three dimensions
    [
      "a weight of 2 axes",
      () => convolve(zeros([1, 2, 5]), zeros([3, 2])),
      new ShapeError(`${op}: the weight must have 3 axes (channels, channels / groups, kernelSize), got shape [3, 2]`),
    ],
    // Expected 3-dimensional input for 3-dimensional weight …
    [
      "a weight of 4 axes",
      () => convolve(zeros([1, 2, 5]), zeros([3, 2, 1, 3])),
      new ShapeError(
        `${op}: the weight must have 3 axes (channels, channels / groups, kernelSize), got shape [3, 2, 1, 3]`,
      ),
    ],
    // kernel size should be greater than zero, but got kernel_height: 1 kernel_width: 0; non-empty 2D or 4D weight tensor expected
    ...[
      [3, 2, 0],
      [0, 2, 3],
      [2, 0, 3],
    ].map((shape): [string, () => unknown, Error] => [
      `a weight of shape [${shape}]`,
      () => convolve(zeros([1, 2, 5]), zeros(shape)),
      new ShapeError(`${op}: every length of the weight must be at least 1, got shape [${shape.join(", ")}]`),
    ]),
    // Only zero batch or zero channel inputs are supported, but got input shape: [1, 2, 1, 0]
    [
      "no samples",
      () => convolve(zeros([1, 2, 0]), weight, null, { padding: 3 }),
      new ShapeError(`${op}: the input needs at least one sample, got length 0`),
    ],
    ...(["reflect", "replicate", "circular"] as const).map((paddingMode): [string, () => unknown, Error] => [
      `no samples, ${paddingMode}`,
      () => convolve(zeros([2, 0]), weight, null, { padding: 1, paddingMode }),
      new ShapeError(`${op}: the input needs at least one sample, got length 0`),
    ]),
    // Input type (double) and bias type (float) should be the same; expected scalar type Float but found Double
    [
      "float64 input, float32 weight",
      () => convolve(zeros([1, 2, 5], double), weight),
      new DTypeError(`${op}: input (float64) and weight (float32) must have one dtype; convert one with .to(…)`),
    ],
    [
      "float32 input, float64 bias",
      () => convolve(zeros([1, 2, 5]), weight, zeros([3], double)),
      new DTypeError(`${op}: input (float32) and bias (float64) must have one dtype; convert one with .to(…)`),
    ],
    // PyTorch computes conv1d of integers; here they carry labels and counters only
    [
      "integers",
      () => convolve(zeros([1, 2, 5], { dtype: "int32" }), zeros(weight.shape, { dtype: "int32" })),
      new DTypeError(`${op}: expected a floating-point tensor, got int32; convert it with .to("float32")`),
    ],
    [
      "an array",
      () => convolve(any([[1]]), weight),
      new OptionTypeError(`${op}: the input must be a tensor, got [[1]]`),
    ],
    [
      "a typed array",
      () => convolve(any(new Float32Array(3)), weight),
      new OptionTypeError(`${op}: the input must be a tensor, got Float32Array`),
    ],
    [
      "no weight",
      () => convolve(zeros([1, 2, 5]), any(undefined)),
      new OptionTypeError(`${op}: the weight must be a tensor, got undefined`),
    ],
    [
      "options in place of the bias",
      () => convolve(zeros([1, 2, 5]), weight, any({ stride: 2 })),
      new OptionTypeError(`${op}: the bias must be a tensor or null; options come after it, got Object`),
    ],
    [
      "false in place of the bias",
      () => convolve(zeros([1, 2, 5]), weight, any(false)),
      new OptionTypeError(`${op}: the bias must be a tensor or null; options come after it, got false`),
    ],
  ];
  test.each(refused)("%s", (_name, call, error) => {
    expect(call).toThrow(error);
  });

  test("a batch of none is no error", () => {
    expect(convolve(zeros([0, 2, 5]), weight).shape).toEqual([0, 3, op === "conv1d" ? 3 : 7]);
  });
});

describe.each([
  ["conv1d", (x: Tensor, options: object) => F.conv1d(x, zeros([3, 2, 3]), null, options)],
  ["Conv1d", (x: Tensor, options: object) => new nn.Conv1d(2, 3, 3, options).forward(x)],
] as const)("lengths of %s", (op, convolve) => {
  const short = (length: number, kernel: number, numbers: string): ShapeError =>
    new ShapeError(
      `${op}: the padded length ${length} is shorter than the effective kernel size ${kernel} (${numbers})`,
    );
  const refused: [number, object, Error][] = [
    // Calculated padded input size per channel: (5). Kernel size: (7). Kernel size can't be greater than actual input size
    [5, { dilation: 3 }, short(5, 7, "length 5, padding [0, 0], kernelSize 3, dilation 3")],
    [2, { padding: "valid" }, short(2, 3, "length 2, padding [0, 0], kernelSize 3, dilation 1")],
    [3, { padding: [1, 0], dilation: 2 }, short(4, 5, "length 3, padding [1, 0], kernelSize 3, dilation 2")],
    // Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (5, 5) at dimension 2 …
    [
      5,
      { padding: 5, paddingMode: "reflect" },
      new ShapeError(`${op}: reflect padding [5, 5] must be less than the length 5 on each side`),
    ],
    [
      4,
      { padding: [3, 4], paddingMode: "reflect" },
      new ShapeError(`${op}: reflect padding [3, 4] must be less than the length 4 on each side`),
    ],
    [
      2,
      { padding: "same", dilation: 2, paddingMode: "reflect" },
      new ShapeError(`${op}: reflect padding [2, 2] must be less than the length 2 on each side`),
    ],
    // Padding value causes wrapping around more than once.
    [
      5,
      { padding: 6, paddingMode: "circular" },
      new ShapeError(
        `${op}: circular padding [6, 6] must not exceed the length 5 on any side (it would wrap around more than once)`,
      ),
    ],
    [
      3,
      { padding: [0, 4], paddingMode: "circular" },
      new ShapeError(
        `${op}: circular padding [0, 4] must not exceed the length 3 on any side (it would wrap around more than once)`,
      ),
    ],
    [
      9,
      { padding: 2 ** 31 - 1 },
      new ShapeError(
        `${op}: the padded length 4294967303 is more than 2147483647 (length 9, padding [2147483647, 2147483647], kernelSize 3, dilation 1)`,
      ),
    ],
  ];
  test.each(refused)("%i %j", (length, options, error) => {
    expect(() => convolve(zeros([2, 2, length]), options)).toThrow(error);
    expect(() => convolve(zeros([2, length]), options)).toThrow(error);
  });

  test.each([
    [4, { padding: 3, paddingMode: "reflect" }],
    [4, { padding: 4, paddingMode: "circular" }],
    [1, { padding: 9, paddingMode: "replicate" }],
    [5, { dilation: 2 }],
  ])("the limit itself: %i %j", (length, options) => {
    expect(() => convolve(zeros([2, length]), options)).not.toThrow();
  });
});

describe.each([
  [
    "convTranspose1d",
    (x: Tensor, { outputLength, ...options }: { outputLength?: number }) =>
      F.convTranspose1d(x, zeros([2, 3, 3]), null, {
        ...options,
        ...(outputLength !== undefined && { outputLength }),
      }),
  ],
  [
    "ConvTranspose1d",
    (x: Tensor, { outputLength, ...options }: { outputLength?: number }) =>
      new nn.ConvTranspose1d(2, 3, 3, options).forward(x, outputLength === undefined ? {} : { outputLength }),
  ],
] as const)("lengths of %s", (op, convolve) => {
  const refused: [number, object, Error][] = [
    // Given input size per channel: (1 x 1). Calculated output size per channel: (1 x 0). Output size is too small
    [
      1,
      { padding: [1, 2] },
      new ShapeError(
        `${op}: the output length 0 is less than 1 (length 1, kernelSize 3, stride 1, dilation 1, padding [1, 2])`,
      ),
    ],
    [
      2,
      { padding: 6, stride: 2, dilation: 3, outputPadding: 1 },
      new ShapeError(
        `${op}: the output length -2 is less than 1 (length 2, kernelSize 3, stride 2, dilation 3, padding [6, 6], outputPadding 1)`,
      ),
    ],
    // requested an output size of [10], but valid sizes range from [11] to [12] (for an input of torch.Size([6]))
    ...[10, 13].map((outputLength): [number, object, Error] => [
      6,
      { outputLength, stride: 2, padding: 1 },
      new ShapeError(
        `${op}: outputLength ${outputLength} is outside 11..12 (length 6, kernelSize 3, stride 2, dilation 1, padding [1, 1])`,
      ),
    ]),
    [
      5,
      { outputLength: 10, stride: 2, padding: 1, dilation: 2 },
      new ShapeError(
        `${op}: outputLength 10 is outside 11..12 (length 5, kernelSize 3, stride 2, dilation 2, padding [1, 1])`,
      ),
    ],
    // the option does not widen the range
    [
      6,
      { outputLength: 13, stride: 2, padding: 1, outputPadding: 1 },
      new ShapeError(
        `${op}: outputLength 13 is outside 11..12 (length 6, kernelSize 3, stride 2, dilation 1, padding [1, 1])`,
      ),
    ],
    [
      1,
      { outputLength: 3, stride: 4, padding: 2 },
      new ShapeError(
        `${op}: outputLength 3 is outside 1..2 (length 1, kernelSize 3, stride 4, dilation 1, padding [2, 2])`,
      ),
    ],
    [
      1,
      { outputLength: 1, stride: 2, padding: 3 },
      new ShapeError(
        `${op}: the output length -2 is less than 1 (length 1, kernelSize 3, stride 2, dilation 1, padding [3, 3])`,
      ),
    ],
    ...[0, -1, 11.5, Number.NaN].map((outputLength): [number, object, Error] => [
      6,
      { outputLength },
      new OptionError(`${op}: outputLength must be an integer in 1..2147483647, got ${outputLength}`),
    ]),
    // object of type 'int' has no len(): PyTorch wants a list, here a number or [number]
    [6, { outputLength: "8" }, new OptionTypeError(`${op}: outputLength must be an integer, got "8"`)],
    [6, { outputLength: null }, new OptionTypeError(`${op}: outputLength must be an integer, got null`)],
    // ConvTranspose1D: for 3D input, output_size must have 1 or 3 elements (got 2)
    [
      6,
      { outputLength: [3, 8] },
      new OptionError(`${op}: outputLength must be one integer (time has one dimension), got [3, 8]`),
    ],
    // the limits of the modes are those of the output, which is what a convolution of this mode would pad
    [
      4,
      { padding: 3, paddingMode: "reflect" },
      new ShapeError(
        `${op}: the output length 0 is less than 1 (length 4, kernelSize 3, stride 1, dilation 1, padding [3, 3])`,
      ),
    ],
    [
      5,
      { padding: [3, 1], paddingMode: "reflect" },
      new ShapeError(
        `${op}: reflect padding [3, 1] must be less than the length 3 on each side, here that of the output (length 5, kernelSize 3, stride 1, dilation 1, padding [3, 1])`,
      ),
    ],
    [
      5,
      { padding: [0, 4], paddingMode: "circular" },
      new ShapeError(
        `${op}: circular padding [0, 4] must not exceed the length 3 on any side (it would wrap around more than once), here that of the output (length 5, kernelSize 3, stride 1, dilation 1, padding [0, 4])`,
      ),
    ],
    [
      3,
      { stride: 2 ** 30 },
      new ShapeError(
        `${op}: the output length before padding is taken off 2147483651 is more than 2147483647 (length 3, kernelSize 3, stride 1073741824, dilation 1, padding [0, 0])`,
      ),
    ],
  ];
  test.each(refused)("%i %j", (length, options, error) => {
    expect(() => convolve(zeros([2, 2, length]), options)).toThrow(error);
    expect(() => convolve(zeros([2, length]), options)).toThrow(error);
  });

  test.each([
    [5, { padding: [2, 1], paddingMode: "reflect", stride: 1 }, 4],
    [5, { padding: [0, 3], paddingMode: "circular" }, 4],
    [5, { padding: [6, 0], paddingMode: "replicate" }, 1],
    [6, { outputLength: 11, stride: 2, padding: 1, outputPadding: 1 }, 11],
    [6, { outputLength: [12], stride: 2, padding: 1 }, 12],
    [1, { padding: 1 }, 1],
  ] as [number, object, number][])("the limit itself: %i %j", (length, options, expected) => {
    expect(convolve(zeros([2, length]), options).shape).toEqual([3, expected]);
  });
});

describe("layers, called", () => {
  const layer = new nn.ConvTranspose1d(2, 3, 3, { stride: 2, padding: 1 });
  const conv = new nn.Conv1d(2, 3, 3);
  const x = zeros([2, 6]);
  const refused: [string, () => unknown, Error][] = [
    [
      "PyTorch's name in camelCase",
      () => layer.forward(x, any({ outputSize: 11 })),
      new OptionError('ConvTranspose1d.forward: unknown option "outputSize"; known options: outputLength'),
    ],
    [
      "output_length",
      () => layer.forward(x, any({ output_length: 11 })),
      new OptionError('ConvTranspose1d.forward: unknown option "output_length"; did you mean "outputLength"?'),
    ],
    [
      "the length alone",
      () => layer.forward(x, any(11)),
      new OptionTypeError("ConvTranspose1d.forward: options must be an object such as { outputLength: … }, got 11"),
    ],
    [
      "channels",
      () => layer.forward(zeros([3, 6])),
      new ShapeError("ConvTranspose1d: expected 2 input channels (weight [2, 3, 3], groups 1), got 3 (input [3, 6])"),
    ],
    [
      "channels of Conv1d",
      () => conv.forward(zeros([1, 3, 6])),
      new ShapeError("Conv1d: expected 2 input channels (weight [3, 2, 3], groups 1), got 3 (input [1, 3, 6])"),
    ],
    [
      "rank",
      () => conv.forward(zeros([6])),
      new ShapeError("Conv1d: expected an input (channels, length) or (batch, channels, length), got shape [6]"),
    ],
    [
      "dtype",
      () => conv.forward(zeros([2, 6], { dtype: "float64" })),
      new DTypeError("Conv1d: input (float64) and weight (float32) must have one dtype; convert one with .to(…)"),
    ],
    [
      "a typed array",
      () => conv.forward(any(new Float32Array(6))),
      new OptionTypeError("Conv1d: the input must be a tensor, got Float32Array"),
    ],
    [
      "nothing",
      () => (conv as unknown as { forward(): void }).forward(),
      new OptionTypeError("Conv1d: the input must be a tensor, got undefined"),
    ],
  ];
  test.each(refused)("%s", (_name, call, error) => {
    expect(call).toThrow(error);
  });

  test.each([
    [0, new ShapeError("Conv1d: the input needs at least one sample, got length 0")],
    [-1, new OptionError("Conv1d: length must be an integer in 0..2147483647, got -1")],
    [1.5, new OptionError("Conv1d: length must be an integer in 0..2147483647, got 1.5")],
    ["9", new OptionTypeError('Conv1d: length must be an integer, got "9"')],
    [undefined, new OptionTypeError("Conv1d: length must be an integer, got undefined")],
    [
      2,
      new ShapeError(
        "Conv1d: the padded length 2 is shorter than the effective kernel size 3 (length 2, padding [0, 0], kernelSize 3, dilation 1)",
      ),
    ],
  ])("outputLength(%s)", (length, error) => {
    expect(() => conv.outputLength(length as number)).toThrow(error);
  });

  test("transposed()", () => {
    expect(() => conv.transposed(any({ input_length: 9 }))).toThrow(
      new OptionError('Conv1d.transposed: unknown option "input_length"; did you mean "inputLength"?'),
    );
    expect(() => new nn.ConvTranspose1d(1, 1, 2, { dilation: 3, stride: 2, outputPadding: 2 }).transposed()).toThrow(
      new OptionError(
        "ConvTranspose1d.transposed: with outputPadding 2 ≥ stride 2 (dilation 3) the layer is the adjoint of a convolution that drops outputs, which no Conv1d is",
      ),
    );
  });
});
