import { AtrousError, manualSeed, nn, optim, randn, ShapeError, zeros } from "atrous";
import { describe, expect, test } from "vitest";
import { disagreement, reprs, starts } from "./fixture.ts";

const early = /before the number of input channels is known; run a forward or load a state dict first/;

test("initial weights are PyTorch's, drawn in its order: lazy layers draw at their first forward", () => {
  manualSeed(starts.seed);
  const [first, second] = [new nn.Linear(3, 5), new nn.Linear(6, 2, { bias: false })];
  const lazy = new nn.LazyConv1d(4, 3, { groups: 2 });
  const transposed = new nn.LazyConvTranspose1d(4, 5, { stride: 2 });
  const third = new nn.Linear(2, 2);
  transposed.forward(zeros([1, 3, 4]));
  lazy.forward(zeros([6, 9]));
  const drawn = [first, second, third, transposed, lazy].flatMap((module) => module.parameters());
  expect(drawn).toHaveLength(starts.arrays.length);
  for (const [i, parameter] of drawn.entries())
    expect(disagreement(`array ${i}`, parameter.to("float64"), starts.arrays[i])).toBeUndefined();
  expect([lazy.toString(), transposed.toString()]).toEqual([starts.lazy, starts.lazyTransposed]);
});

describe("a lazy layer", () => {
  test("prints as PyTorch's", () => {
    expect(new nn.LazyConv1d(33, 3).toString()).toBe(reprs.lazy);
    const options = { stride: 2, groups: 3, padding: 1, bias: false };
    expect(new nn.LazyConvTranspose1d(3, 4, options).toString()).toBe(reprs.lazyTransposed);
  });

  test("becomes the layer that its input asks for, the very object", () => {
    const lazy = new nn.LazyConv1d(4, [3], { padding: "same", dtype: "float64" });
    const net = new nn.Sequential(lazy, new nn.LazyConvTranspose1d(2, 4, { stride: 2 })).eval();
    const x = randn([1, 5, 8], { dtype: "float64" });
    expect(() => net.forward(x)).toThrow("must have one dtype"); // the second layer is float32; the first one is ready by then
    expect(Object.getPrototypeOf(lazy)).toBe(nn.Conv1d.prototype);
    const conv = lazy as unknown as nn.Conv1d;
    expect([conv.inChannels, conv.weight.shape, conv.training, conv.outputLength(8)]).toEqual([5, [4, 5, 3], false, 8]);
    expect(net.at(0)).toBe(lazy);
    expect(conv.transposed()).toBeInstanceOf(nn.ConvTranspose1d);
    expect(() => lazy.forward(zeros([1, 4, 8], { dtype: "float64" }))).toThrow("Conv1d: expected 5 input channels");
  });

  test("takes the options of forward along", () => {
    const lazy = new nn.LazyConvTranspose1d(2, 3, { stride: 2 });
    expect(lazy.forward(zeros([1, 3, 4]), { outputLength: 10 }).shape).toEqual([1, 2, 10]);
    expect(lazy.forward(zeros([1, 3, 4]), { outputLength: 9 }).shape).toEqual([1, 2, 9]);
  });

  test("has no parameters before, and says so to optimizers, state dicts and readers", () => {
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.LazyConv1d(4, 3));
    const lazy = net.at(1) as nn.LazyConv1d;
    expect(() => lazy.weight).toThrow(early);
    expect(() => lazy.bias).toThrow(early);
    expect(() => net.stateDict()).toThrow(early);
    expect(() => new optim.SGD(net.parameters(), { lr: 1 })).toThrow(/LazyConv1d.*then build the optimizer/);
    expect(() => net.loadStateDict(new Map())).toThrow(early);
    expect(() => net.stateDict()).toThrow(AtrousError);
  });

  test("takes its channels from a state dict, draws nothing, and has the right inChannels", () => {
    manualSeed(3);
    const conv = new nn.Conv1d(6, 4, 3, { groups: 2 });
    const up = new nn.ConvTranspose1d(6, 4, 3, { groups: 2 });
    const net = new nn.Sequential(
      new nn.LazyConv1d(4, 3, { groups: 2 }),
      new nn.LazyConvTranspose1d(4, 3, { groups: 2 }),
    );
    const next = randn([3]).toArray();
    manualSeed(3);
    const [again, both] = [new nn.Conv1d(6, 4, 3, { groups: 2 }), new nn.ConvTranspose1d(6, 4, 3, { groups: 2 })];
    expect([again.weight.toArray(), both.weight.toArray()]).toEqual([conv.weight.toArray(), up.weight.toArray()]);
    net.loadStateDict(new nn.Sequential(conv, up).stateDict());
    expect(randn([3]).toArray()).toEqual(next);
    expect(net.toString()).toBe(new nn.Sequential(conv, up).toString());
    expect([...net.stateDict()].map(([, value]) => value.toArray())).toEqual(
      [...conv.stateDict(), ...up.stateDict()].map(([, value]) => value.toArray()),
    );
  });

  test("a state dict of another kernel is refused in PyTorch's words", () => {
    const lazy = new nn.LazyConv1d(4, 5);
    expect(() => lazy.loadStateDict(new nn.Conv1d(2, 4, 3).stateDict())).toThrow(
      "size mismatch for weight: copying a param with shape torch.Size([4, 2, 3]) from checkpoint, the shape in current model is torch.Size([4, 2, 5]).",
    );
  });

  test("checks what it can at once, and the rest at the first input", () => {
    expect(() => new nn.LazyConv1d(4, 0)).toThrow("LazyConv1d: kernelSize must be an integer in 1..");
    expect(() => new nn.LazyConv1d(4, 3, { groups: 3 })).toThrow(
      "LazyConv1d: outChannels 4 must be divisible by groups 3",
    );
    expect(() => new nn.LazyConvTranspose1d(4, 3, { outputPadding: 1 })).toThrow(
      "LazyConvTranspose1d: outputPadding 1",
    );
    expect(() => new nn.LazyConv1d(4, 3).forward(zeros([8]))).toThrow(ShapeError);
    expect(() => new nn.LazyConv1d(4, 3, { groups: 2 }).forward(zeros([3, 8]))).toThrow(
      "Conv1d: inChannels 3 must be divisible by groups 2",
    );
  });
});
