import { F, gradients, manualSeed, nn, optim, type Tensor, tensor } from "atrous";
import { Conv1d, Conv1dTranspose, type ConvOptions } from "atrous/mindspore";
import { describe, expect, test } from "vitest";

const ones = (...shape: number[]): Tensor =>
  tensor(new Float64Array(shape.reduce((a, b) => a * b, 1)).fill(1), { shape });
/** Small integers without symmetry: float64 sums of their products are exact. */
const integers = (shape: number[], start = 1): Tensor =>
  tensor(
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (((i + start) * 37) % 19) - 8),
    { shape },
  );
const dot = (a: Tensor, b: Tensor): number => a.mul(b).sum().item();

/** Every padMode, stride, dilation, kernel and group that makes a different geometry, kernels shorter than the stride among them. */
const configurations: { kernelSize: number; options: ConvOptions & { stride: number; dilation: number } }[] = [];
for (const padMode of ["same", "valid", "pad"] as const)
  for (const stride of [1, 2, 3, 5])
    for (const dilation of [1, 2, 3])
      for (const kernelSize of [1, 2, 3, 4])
        for (const group of [1, 2])
          for (const padding of padMode === "pad" ? [0, 1, 2] : [0])
            configurations.push({
              kernelSize,
              options: { padMode, stride, dilation, group, padding, dtype: "float64" },
            });

describe("values of Conv1dTranspose", () => {
  const values = (kernelSize: number, stride: number, padMode: "same" | "valid"): unknown => {
    const weightInit = tensor([[Array.from({ length: kernelSize }, (_, k) => k + 1)]]);
    const layer = new Conv1dTranspose(1, 1, kernelSize, { stride, padMode, weightInit });
    return layer.forward(tensor([[[1, 1, 1]]])).toArray();
  };
  test.each([
    [3, 1, "same", [3, 6, 5]],
    [2, 1, "same", [1, 3, 3]],
    [4, 1, "same", [3, 6, 9]],
    [3, 2, "same", [1, 2, 4, 2, 4, 2]],
    [4, 2, "same", [2, 4, 6, 4, 6, 3]],
    [2, 3, "same", [1, 2, 0, 1, 2, 0, 1, 2, 0]],
    [2, 3, "valid", [1, 2, 0, 1, 2, 0, 1, 2, 0]],
    [3, 1, "valid", [1, 3, 6, 5, 3]],
  ] as const)("kernelSize %i, stride %i, %s", (kernelSize, stride, padMode, expected) => {
    expect(values(kernelSize, stride, padMode)).toEqual([[expected]]);
  });

  test("holes get the bias", () => {
    const layer = new Conv1dTranspose(1, 1, 2, {
      ...{ stride: 3, hasBias: true, weightInit: tensor([[[1, 2]]]), biasInit: 10 },
    });
    expect(layer.forward(tensor([[[1, 1]]])).toArray()).toEqual([[[11, 12, 10, 11, 12, 10]]]);
  });

  test("values of a strided Conv1d with same padding: the odd zero comes after", () => {
    const layer = new Conv1d(1, 1, 3, { stride: 2, weightInit: tensor([[[1, 2, 3]]]) });
    // 4 samples: 2 outputs, one zero, after; 5 samples: 3 outputs, a zero on either side
    expect(layer.forward(tensor([[[1, 2, 3, 4]]])).toArray()).toEqual([[[14, 11]]]);
    expect(layer.forward(tensor([[[1, 2, 3, 4, 5]]])).toArray()).toEqual([[[8, 20, 14]]]);
  });
});

describe("lengths", () => {
  test("the example of MindSpore's page", () => {
    const layer = new Conv1dTranspose(3, 64, 4, { padMode: "pad" });
    expect(layer.forward(ones(1, 3, 50).to("float32")).shape).toEqual([1, 64, 53]);
    expect(new Conv1d(120, 240, 4).forward(ones(1, 120, 640).to("float32")).shape).toEqual([1, 240, 640]);
  });

  test(`are MindSpore's in ${configurations.length} configurations at 12 lengths`, () => {
    for (const { kernelSize, options } of configurations) {
      const { stride, dilation, padMode, padding = 0 } = options;
      const ke = dilation * (kernelSize - 1) + 1;
      const forward = new Conv1d(2, 4, kernelSize, options);
      const back = new Conv1dTranspose(4, 2, kernelSize, options);
      for (let length = 1; length <= 12; length++) {
        const expected = {
          same: Math.ceil(length / stride),
          valid: Math.floor((length - ke) / stride) + 1,
          pad: Math.floor((length + 2 * padding - ke) / stride) + 1,
        }[padMode!];
        const room = length + (padMode === "pad" ? 2 * padding : 0) - ke;
        const tooShort = padMode !== "same" && room < 0;
        if (tooShort) expect(() => forward.outputLength(length)).toThrow("Conv1d: the padded length");
        else {
          expect(forward.outputLength(length)).toBe(expected);
          expect(forward.forward(integers([1, 2, length])).shape).toEqual([1, 4, expected]);
        }

        const widened = {
          same: length * stride,
          valid: length * stride + Math.max(ke - stride, 0),
          pad: (length - 1) * stride + ke - 2 * padding,
        }[padMode!];
        if (widened < 1) expect(() => back.outputLength(length)).toThrow("Conv1dTranspose: the output length");
        else {
          expect(back.outputLength(length)).toBe(widened);
          expect(back.forward(integers([1, 4, length])).shape).toEqual([1, 2, widened]);
        }
      }
    }
  });
});

describe("Conv1dTranspose is the gradient of Conv1d", () => {
  test("⟨conv(x), y⟩ = ⟨x, transposed(y)⟩ exactly, and both weight gradients are equal", () => {
    let met = 0;
    for (const { kernelSize, options } of configurations)
      for (let length = 1; length <= 7; length++) {
        const weightInit = integers([4, 2 / options.group!, kernelSize], 5);
        const back = new Conv1dTranspose(4, 2, kernelSize, { ...options, weightInit });
        const short = integers([2, 4, length], 3);
        const ke = options.dilation * (kernelSize - 1) + 1;
        if (options.padMode === "pad" && (length - 1) * options.stride + ke <= 2 * options.padding!) continue;
        const long = integers([2, 2, back.outputLength(length)], 11);
        const forward = new Conv1d(2, 4, kernelSize, { ...options, weightInit });
        // The transposed layer is the adjoint at the lengths it makes, and the forward layer returns from all of them.
        expect(forward.outputLength(back.outputLength(length))).toBe(length);
        const [widened, narrowed] = [back.forward(short), forward.forward(long)];
        expect(dot(narrowed, short)).toBe(dot(long, widened));
        const [ofForward] = gradients(narrowed.mul(short).sum(), [forward.weight]);
        const [ofBack] = gradients(widened.mul(long).sum(), [back.weight]);
        expect(ofForward!.toArray()).toEqual(ofBack!.toArray());
        met++;
      }
    expect(met).toBeGreaterThan(2500);
  });

  test("equals autograd of the convolution of the padded signal, and its own gradient that convolution", () => {
    for (const { kernelSize, options } of configurations) {
      const { stride, dilation, group = 1, padMode, padding = 0 } = options;
      const length = 5;
      const ke = dilation * (kernelSize - 1) + 1;
      const total = padMode === "same" ? Math.max(ke - stride, 0) : padMode === "pad" ? 2 * padding : 0;
      const before = Math.floor(total / 2);
      const weightInit = integers([4, 2 / group, kernelSize], 5);
      const y = tensor(integers([2, 4, length], 3).dataSync(), { shape: [2, 4, length], requiresGrad: true });
      const layer = new Conv1dTranspose(4, 2, kernelSize, { ...options, weightInit });
      const widened = layer.forward(y);
      const x = tensor(integers(widened.shape.slice(), 2).dataSync(), { shape: widened.shape, requiresGrad: true });
      const plain = F.conv1d(F.pad(x, [before, total - before]), weightInit, null, { stride, dilation, groups: group });
      const [ofX] = gradients(plain.mul(y).sum(), [x]);
      expect(widened.toArray()).toEqual(ofX!.toArray());
      const [ofY] = gradients(widened.mul(x).sum(), [y]);
      expect(ofY!.toArray()).toEqual(plain.toArray());
    }
  });

  test("the gradient of the bias is the sum over batch and time, holes included", () => {
    const layer = new Conv1dTranspose(2, 2, 2, { stride: 5, hasBias: true, dtype: "float64" });
    const y = layer.forward(integers([3, 2, 4]));
    const g = integers([3, 2, 20], 7);
    const [ofBias] = gradients(y.mul(g).sum(), [layer.bias!]);
    expect(ofBias!.toArray()).toEqual(g.sum([0, 2]).toArray());
  });
});

describe("as a module", () => {
  test("weight and bias have MindSpore's shapes, without the dummy axis", () => {
    const conv = new Conv1d(4, 6, 3, { group: 2, hasBias: true });
    const transpose = new Conv1dTranspose(4, 6, 3, { group: 2, hasBias: true });
    expect(conv.weight.shape).toEqual([6, 2, 3]);
    expect(transpose.weight.shape).toEqual([4, 3, 3]);
    expect(conv.bias!.shape).toEqual([6]);
    expect(transpose.bias!.shape).toEqual([6]);
    expect([...conv.stateDict().keys()]).toEqual(["weight", "bias"]);
    expect([...new Conv1d(1, 1, 1).stateDict().keys()]).toEqual(["weight"]);
    expect(new Conv1d(1, 1, 1, { dtype: "float64", hasBias: true }).bias!.dtype).toBe("float64");
  });

  test("starts from PyTorch's weights after the same seed", () => {
    for (const [ours, theirs] of [
      [() => new Conv1d(4, 6, 3, { group: 2, hasBias: true }), () => new nn.Conv1d(4, 6, 3, { groups: 2 })],
      [() => new Conv1dTranspose(4, 6, 3, { hasBias: true }), () => new nn.ConvTranspose1d(4, 6, 3)],
    ] as const) {
      manualSeed(7);
      const layer = ours();
      manualSeed(7);
      const reference = theirs();
      expect(layer.weight.dataSync()).toEqual(reference.weight.dataSync());
      expect(layer.bias!.dataSync()).toEqual(reference.bias!.dataSync());
    }
  });

  test("a state dict makes the round trip, also with a layer of PyTorch's", () => {
    const net = new nn.Sequential(new Conv1d(2, 3, 3, { stride: 2 }), new Conv1dTranspose(3, 2, 4, { hasBias: true }));
    const twin = new nn.Sequential(new Conv1d(2, 3, 3, { stride: 2 }), new Conv1dTranspose(3, 2, 4, { hasBias: true }));
    const state = net.stateDict();
    expect([...state.keys()]).toEqual(["0.weight", "1.weight", "1.bias"]);
    twin.loadStateDict(state);
    const x = integers([2, 2, 9]).to("float32");
    expect(twin.forward(x).dataSync()).toEqual(net.forward(x).dataSync());
    const theirs = new nn.ConvTranspose1d(3, 2, 4);
    const ours = new Conv1dTranspose(3, 2, 4, { padMode: "pad", hasBias: true });
    theirs.loadStateDict(ours.stateDict());
    const y = integers([1, 3, 5]).to("float32");
    expect(theirs.forward(y).dataSync()).toEqual(ours.forward(y).dataSync());
  });

  test("trains: the loss of an upsampler falls", () => {
    manualSeed(1);
    const net = new nn.Sequential(
      new Conv1d(1, 4, 3, { stride: 2, hasBias: true }),
      new Conv1dTranspose(4, 1, 3, { stride: 2, hasBias: true }),
    );
    const x = tensor(
      Float32Array.from({ length: 16 }, (_, t) => Math.sin(t)),
      { shape: [1, 1, 16] },
    );
    const optimizer = new optim.SGD(net.parameters(), { lr: 0.05 });
    const losses: number[] = [];
    for (let step = 0; step < 40; step++) {
      optimizer.zeroGrad();
      const error = net.forward(x).sub(x);
      const loss = error.mul(error).mean();
      loss.backward();
      optimizer.step();
      losses.push(loss.item());
    }
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 4);
  });

  test("repr is MindSpore's", () => {
    const options = { padMode: "pad", weightInit: "normal" } as const;
    expect(String(new Conv1dTranspose(3, 64, 4, options))).toBe(
      "Conv1dTranspose(input_channels=3, output_channels=64, kernel_size=(1, 4), stride=(1, 1), pad_mode=pad, padding=(0, 0, 0, 0), dilation=(1, 1), group=1, has_bias=False, weight_init=normal, bias_init=None, format=NCHW)",
    );
    const rich = {
      stride: 2,
      padMode: "pad",
      padding: 3,
      dilation: 5,
      group: 2,
      hasBias: true,
      biasInit: 0.5,
    } as const;
    expect(String(new Conv1d(4, 6, 3, rich))).toBe(
      "Conv1d(input_channels=4, output_channels=6, kernel_size=(1, 3), stride=(1, 2), pad_mode=pad, padding=(0, 0, 3, 3), dilation=(1, 5), group=2, has_bias=True, weight_init=<mindspore.common.initializer.HeUniform object>, bias_init=0.5, format=NCHW)",
    );
    expect(String(new Conv1d(1, 2, 1, { weightInit: tensor([[[1]], [[2]]]), hasBias: true }))).toContain(
      "weight_init=Tensor(shape=[2, 1, 1], dtype=float32), bias_init=<mindspore.common.initializer.Uniform object>,",
    );
    expect(String(new nn.Sequential(new Conv1d(1, 1, 1, { weightInit: "ones" })))).toBe(
      "Sequential(\n  (0): Conv1d(input_channels=1, output_channels=1, kernel_size=(1, 1), stride=(1, 1), pad_mode=same, padding=(0, 0, 0, 0), dilation=(1, 1), group=1, has_bias=False, weight_init=ones, bias_init=None, format=NCHW)\n)",
    );
  });
});
