import { F, gradients, manualSeed, nn, noGrad, randn, ShapeError, type Tensor, tensor, zeros } from "atrous";
import { describe, expect, test } from "vitest";
import { counting } from "../graph/counting.ts";

const x = tensor(
  [
    [
      [1, 2, 4],
      [0, -1, 3],
    ],
    [
      [2, 5, 1],
      [7, 2, 2],
    ],
  ],
  { dtype: "float64" },
);

describe("running statistics", () => {
  test("stay leaves over 1,000 steps of training", () => {
    const layer = new nn.BatchNorm1d(2);
    for (let step = 0; step < 1000; step++) {
      const loss = layer
        .forward(randn([2, 2, 3]))
        .mul(2)
        .sum();
      loss.backward();
      loss.item();
      for (const buffer of layer.buffers()) {
        expect(buffer.inputs).toHaveLength(0);
        expect(buffer.value).not.toBeNull();
      }
      layer.zeroGrad();
    }
    expect(layer.numBatchesTracked?.item()).toBe(1000);
  });

  test("are computed along when only the output is read, and need no evaluation of their own", () => {
    const layer = new nn.BatchNorm1d(2, { dtype: "float64" });
    const y = layer.forward(x);
    expect(layer.runningMean?.value).toBeNull();
    y.dataSync();
    expect(layer.runningMean?.value).not.toBeNull();
  });

  test("let no gradient through", () => {
    const layer = new nn.BatchNorm1d(2, { dtype: "float64" });
    layer.forward(tensor(x.dataSync(), { shape: x.shape, requiresGrad: true }));
    for (const buffer of layer.buffers()) expect([buffer.requiresGrad, buffer.tracked]).toEqual([false, false]);
  });

  test("move in forwards that nobody reads", () => {
    const layer = new nn.BatchNorm1d(2, { dtype: "float64", momentum: 0.5 });
    for (let step = 0; step < 3; step++) noGrad(() => layer.forward(x));
    expect(layer.numBatchesTracked?.item()).toBe(3);
    expect(layer.runningMean?.toArray()).toEqual([2.5 * 0.875, (13 / 6) * 0.875]);
  });

  test("do not move in evaluation", () => {
    const layer = new nn.BatchNorm1d(2, { dtype: "float64" }).eval();
    layer.forward(x).dataSync();
    expect(layer.buffers().map((buffer) => buffer.toArray())).toEqual([[0, 0], [1, 1], 0]);
  });

  test("of a state dict do not change when training goes on", () => {
    const layer = new nn.BatchNorm1d(2, { dtype: "float64" });
    layer.forward(x);
    const state = layer.stateDict();
    layer.forward(x.mul(3)).dataSync();
    expect(state.get("num_batches_tracked")?.item()).toBe(1);
    expect(state.get("running_mean")?.toArray()).toEqual([0.1 * 2.5, 0.1 * (13 / 6)]);
  });

  test("F.batchNormStatistics gives what the layer keeps", () => {
    const layer = new nn.BatchNorm1d(2, { dtype: "float64", momentum: 0.3 });
    const before = layer.stateDict();
    const y = layer.forward(x);
    const [mean, variance] = [before.get("running_mean")!, before.get("running_var")!];
    const moved = F.batchNormStatistics(x, mean, variance, { momentum: 0.3 });
    expect(moved.mean.toArray()).toEqual(layer.runningMean?.toArray());
    expect(moved.variance.toArray()).toEqual(layer.runningVar?.toArray());
    expect(F.batchNorm(x, null, null, { training: true }).toArray()).toEqual(y.toArray());
    const evaluated = F.batchNorm(x, moved.mean, moved.variance, { weight: layer.weight, bias: layer.bias });
    expect(evaluated.toArray()).toEqual(layer.eval().forward(x).toArray());
  });

  test("a small signal on a large offset keeps its digits in float32", () => {
    const signal = randn([1, 1, 256]);
    const y = F.batchNorm(signal.add(1000), null, null, { training: true }).dataSync();
    const plain = F.batchNorm(signal, null, null, { training: true }).dataSync();
    y.forEach((value, i) => {
      expect(Math.abs(Number(value) - Number(plain[i]))).toBeLessThan(2e-4);
    });
  });
});

describe("forwards that nobody reads", () => {
  const reachable = (roots: readonly Tensor[]): number => {
    const seen = new Set<Tensor>(roots);
    for (const node of seen) for (const input of node.inputs) seen.add(input);
    return seen.size;
  };
  const build = (): nn.Sequential => {
    manualSeed(5);
    return new nn.Sequential(
      new nn.Conv1d(2, 4, 3),
      new nn.BatchNorm1d(4),
      new nn.Tanh(),
      new nn.Conv1d(4, 2, 3),
      new nn.InstanceNorm1d(2, { trackRunningStats: true }),
    );
  };

  test("hold no more after 300 than after 2", () => {
    const net = build();
    const sizes: number[] = [];
    for (let i = 0; i < 300; i++) {
      noGrad(() => net.forward(randn([2, 2, 9])));
      sizes.push(reachable(net.buffers()));
    }
    expect(new Set(sizes.slice(1)).size).toBe(1);
    expect(net.buffers()[2]!.item()).toBe(300);
  });

  test("cost one evaluation each, and no convolution twice", async () => {
    await counting((count) => {
      const net = build();
      for (const parameter of net.parameters()) parameter.dataSync();
      count.computed = [];
      count.runs = 0;
      for (let i = 0; i < 4; i++) noGrad(() => net.forward(randn([2, 2, 9])));
      expect(count.runs).toBe(3);
      net.buffers()[0]!.dataSync();
      expect(count.computed.filter((name) => name === "conv1d")).toHaveLength(8);
    });
  });

  test("gradients accumulated over several are those of each alone, and no convolution is computed twice", async () => {
    manualSeed(1);
    const batches = [1, 2, 3].map(() => randn([2, 2, 9]));
    const accumulated = (forwardsFirst: boolean): number[][] => {
      const net = build();
      const loss = (batch: Tensor): Tensor => net.forward(batch).pow(4).sum();
      if (forwardsFirst) for (const each of batches.map(loss)) each.backward();
      else for (const batch of batches) loss(batch).backward();
      return net.parameters().map(({ grad }) => [...grad!.dataSync()]);
    };
    const alone = (): number[][] => {
      const net = build();
      const sums = net.parameters().map(({ size }) => new Array<number>(size).fill(0));
      for (const batch of batches) {
        net.zeroGrad();
        const loss = net.forward(batch).pow(4).sum();
        loss.backward();
        loss.item();
        net.parameters().forEach(({ grad }, i) => {
          grad!.dataSync().forEach((value, j) => {
            sums[i]![j]! += value;
          });
        });
      }
      return sums;
    };
    const expected = alone();
    await counting((count) => {
      for (const forwardsFirst of [false, true]) {
        count.computed = [];
        accumulated(forwardsFirst).forEach((gradient, i) => {
          gradient.forEach((value, j) => {
            expect(Math.abs(value - expected[i]![j]!)).toBeLessThanOrEqual(1e-4 * Math.max(1, Math.abs(value)));
          });
        });
        expect(count.computed.filter((name) => name === "conv1d")).toHaveLength(2 * batches.length);
      }
    });
  });

  test("on a backend that computes asynchronously wait for the next read", async () => {
    await counting(
      async () => {
        const layer = new nn.BatchNorm1d(2, { dtype: "float64", momentum: 0.5 });
        for (let step = 0; step < 3; step++) noGrad(() => layer.forward(x));
        expect(layer.runningMean?.value).toBeNull();
        expect([...(await layer.runningMean!.data())]).toEqual([2.5 * 0.875, (13 / 6) * 0.875]);
      },
      { asynchronous: true },
    );
  });
});

test("a batch without numbers is counted, and leaves mean and variance as they are", () => {
  // PyTorch's InstanceNorm1d gives NaN for ever here; nobody can want that.
  for (const shape of [
    [0, 2, 3],
    [2, 2, 0],
    [0, 2],
  ]) {
    const layer = new nn.BatchNorm1d(2);
    expect(layer.forward(zeros(shape)).dataSync()).toHaveLength(0);
    expect(layer.buffers().map((buffer) => buffer.toArray())).toEqual([[0, 0], [1, 1], 1]);
    if (shape[0] !== 0 || shape.length < 3) continue;
    const instances = new nn.InstanceNorm1d(2, { trackRunningStats: true });
    expect(instances.forward(zeros(shape)).dataSync()).toHaveLength(0);
    expect(instances.buffers().map((buffer) => buffer.toArray())).toEqual([[0, 0], [1, 1], 0]);
  }
});

describe("state dicts", () => {
  const names = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];

  test("have PyTorch's names, and an int64 without axes for the counter", () => {
    const state = new nn.Sequential(new nn.BatchNorm1d(3)).stateDict();
    expect([...state.keys()]).toEqual(names.map((name) => `0.${name}`));
    const counter = state.get("0.num_batches_tracked") as Tensor;
    expect([counter.dtype, counter.shape]).toEqual(["int64", []]);
  });

  test("without the counter load, as files from before it", () => {
    const layer = new nn.BatchNorm1d(3);
    const state = layer.stateDict();
    state.delete("num_batches_tracked");
    expect(new nn.BatchNorm1d(3).loadStateDict(state)).toEqual({ missingKeys: [], unexpectedKeys: [] });
    state.delete("running_var");
    expect(() => layer.loadStateDict(state)).toThrow('Missing key(s) in state_dict: "running_var". ');
  });

  test("restore evaluation", () => {
    const trained = new nn.BatchNorm1d(2, { dtype: "float64" });
    trained.forward(x);
    const loaded = new nn.BatchNorm1d(2, { dtype: "float64" });
    loaded.loadStateDict(trained.stateDict());
    expect(loaded.eval().forward(x).toArray()).toEqual(trained.eval().forward(x).toArray());
    expect(loaded.train().numBatchesTracked?.item()).toBe(1);
    loaded.forward(x);
    expect(loaded.numBatchesTracked?.item()).toBe(2);
  });
});

test("the output of training does not depend on scale and offset of the input, and gradients know it", () => {
  const layer = new nn.BatchNorm1d(2, { dtype: "float64", eps: 0 });
  const input = tensor(x.dataSync(), { shape: x.shape, requiresGrad: true });
  const y = layer.forward(input);
  expect(layer.forward(input.mul(5).add(3)).sub(y).abs().max().item()).toBeLessThan(1e-13);
  const [g] = gradients(y.mul(randn(x.shape, { dtype: "float64" })).sum(), [input]);
  expect(g!.sum([0, 2]).abs().max().item()).toBeLessThan(1e-13);
  expect(g!.mul(input).sum([0, 2]).abs().max().item()).toBeLessThan(1e-13);
});

test("what does not fit is an error that says so", () => {
  const one = "BatchNorm1d: Expected more than 1 value per channel when training, got input size [1, 3]";
  const layer = new nn.BatchNorm1d(3);
  expect(() => layer.forward(zeros([1, 3]))).toThrow(new ShapeError(one));
  expect(() => layer.forward(zeros([1, 3, 1]))).toThrow(ShapeError);
  expect(layer.numBatchesTracked?.item()).toBe(0);
  expect(layer.eval().forward(zeros([1, 3])).shape).toEqual([1, 3]);
  const untracked = new nn.BatchNorm1d(3, { trackRunningStats: false }).eval();
  expect(() => untracked.forward(zeros([1, 3]))).toThrow(one);
  expect(() => layer.forward(zeros([3]))).toThrow("BatchNorm1d: expected 2D or 3D input");
  expect(() => layer.forward(zeros([2, 4]))).toThrow("BatchNorm1d: expected 3 channels, got 4 (input [2, 4])");
  expect(() => layer.forward(zeros([2, 3], { dtype: "float64" }))).toThrow("must have one dtype");
  expect(() => new nn.BatchNorm1d(0)).toThrow("BatchNorm1d: numFeatures must be an integer in 1..");
  expect(() => new nn.BatchNorm1d(3, { track_running_stats: false } as object)).toThrow('mean "trackRunningStats"?');
  expect(() => new nn.BatchNorm1d(3, { eps: -1 })).toThrow("BatchNorm1d: eps must not be negative, got -1");
  expect(() => F.batchNorm(zeros([2, 3]), null, null)).toThrow("without { training: true }");
});
