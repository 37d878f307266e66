import { F, nn, OptionError, randn, ShapeError, type Tensor, tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";

const f64 = { dtype: "float64" } as const;
const x = randn([2, 6, 5], f64);
const close = (a: Tensor, b: Tensor): void => {
  expect(a.shape).toEqual(b.shape);
  expect(a.sub(b).abs().max().item()).toBeLessThan(1e-12);
};

describe("the norms agree where they are the same", () => {
  test("group norm of one group, and layer norm over channels and time", () => {
    close(F.groupNorm(x, 1), F.layerNorm(x, [6, 5]));
  });

  test("group norm of one channel each, and instance norm, and batch norm of one signal", () => {
    close(F.groupNorm(x, 6), F.instanceNorm(x));
    const one = x.slice(0, 0, 1);
    close(F.batchNorm(one, null, null, { training: true }), F.instanceNorm(one));
  });

  test("channel norm, and layer norm between two transpositions", () => {
    const options = { weight: randn([6], f64), bias: randn([6], f64), eps: 0.1 };
    close(F.channelNorm(x, options), F.layerNorm(x.transpose(1, 2), 6, options).transpose(1, 2));
    const layer = new nn.ChannelNorm(6, f64);
    const state = new nn.LayerNorm(6, f64).stateDict();
    expect(layer.loadStateDict(state)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    close(layer.forward(x), F.channelNorm(x));
    expect(layer.toString()).toBe("ChannelNorm(6, eps=1e-05, affine=True)");
  });

  test("layers and functions", () => {
    const affine = { weight: randn([6], f64), bias: randn([6], f64) };
    const group = new nn.GroupNorm(3, 6, f64);
    group.loadStateDict(affine);
    close(group.forward(x), F.groupNorm(x, 3, affine));
    const instance = new nn.InstanceNorm1d(6, { affine: true, ...f64 });
    instance.loadStateDict(affine);
    close(instance.forward(x), F.instanceNorm(x, affine));
    close(instance.forward(x.slice(0, 0, 1).squeeze(0)), F.instanceNorm(x, affine).slice(0, 0, 1).squeeze(0));
    const known = { runningMean: randn([6], f64), runningVar: randn([6], f64).abs() };
    close(
      F.instanceNorm(x, { ...known, ...affine, useInputStats: false }),
      F.batchNorm(x, known.runningMean, known.runningVar, affine),
    );
  });
});

test("what is normalised has mean 0 and variance 1", () => {
  for (const y of [F.groupNorm(x, 2, { eps: 0 }).reshape([4, 15]), F.layerNorm(x, [5], { eps: 0 }).reshape([12, 5])]) {
    expect(y.mean(1).abs().max().item()).toBeLessThan(1e-14);
    expect(y.variance(1, { correction: 0 }).sub(1).abs().max().item()).toBeLessThan(1e-13);
  }
});

test("a layer norm without bias has a weight alone", () => {
  expect([...new nn.LayerNorm(4, { bias: false }).stateDict().keys()]).toEqual(["weight"]);
  expect([...new nn.LayerNorm([3, 4], { elementwiseAffine: false }).stateDict().keys()]).toEqual([]);
});

test("instance norm keeps its counter and, without momentum, its statistics, as PyTorch does", () => {
  const layer = new nn.InstanceNorm1d(6, { trackRunningStats: true, momentum: null, ...f64 });
  layer.forward(x).dataSync();
  expect(layer.numBatchesTracked?.item()).toBe(0);
  expect(layer.runningMean?.toArray()).toEqual([0, 0, 0, 0, 0, 0]);
  expect(layer.runningVar?.toArray()).toEqual([1, 1, 1, 1, 1, 1]);
  expect(layer.toString()).toContain("momentum=None, affine=False, track_running_stats=True)");
});

test("what does not fit is an error that says so", () => {
  expect(() => new nn.GroupNorm(4, 6)).toThrow(
    new OptionError("GroupNorm: numChannels 6 must be divisible by numGroups 4"),
  );
  expect(() => F.groupNorm(x, 4)).toThrow(
    "groupNorm: Expected number of channels in input to be divisible by numGroups, but got input of shape [2, 6, 5] and numGroups=4",
  );
  expect(() => new nn.GroupNorm(2, 4).forward(zeros([2, 6, 5]))).toThrow(
    "GroupNorm: expected an input (batch, 4, …), got shape [2, 6, 5]",
  );
  expect(() => F.groupNorm(zeros([4]), 2)).toThrow(ShapeError);
  expect(() => new nn.LayerNorm(4).forward(zeros([2, 3]))).toThrow(
    "LayerNorm: Given normalizedShape=[4], expected input with shape [*, 4], but got input of size [2, 3]",
  );
  expect(() => new nn.LayerNorm([])).toThrow("LayerNorm: normalizedShape must name at least one axis");
  expect(() => F.layerNorm(x, 5, { weight: zeros([6], f64) })).toThrow(
    "layerNorm: weight must have shape [5], got [6]",
  );
  expect(() => new nn.InstanceNorm1d(3).forward(zeros([2, 3, 1]))).toThrow(
    "InstanceNorm1d: Expected more than 1 spatial element when training, got input size [2, 3, 1]",
  );
  expect(() => new nn.InstanceNorm1d(3).forward(zeros([2, 4, 5]))).toThrow(
    "InstanceNorm1d: expected 3 channels, got 4",
  );
  expect(() => F.instanceNorm(x, { useInputStats: false })).toThrow("runningMean and runningVar are needed");
  expect(() => F.channelNorm(tensor([1, 2]))).toThrow("channelNorm: expected an input (channels, length)");
  expect(() => F.layerNorm(x, 5, { elementwiseAffine: false } as object)).toThrow("known options: weight, bias, eps");
});

test("InstanceNorm1d of signals without samples gives signals without samples, and learns nothing from them", () => {
  const norm = new nn.InstanceNorm1d(2, { trackRunningStats: true });
  expect(norm.forward(zeros([3, 2, 0])).shape).toEqual([3, 2, 0]);
  expect(norm.runningMean!.toArray()).toEqual([0, 0]);
});
