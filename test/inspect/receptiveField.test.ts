/** The receptive field against what inputs really change an output, and against what streams say. */
import { F, manualSeed, nn, rand, type Tensor, tensor } from "atrous";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { receptiveField } from "../../src/inspect/receptiveField.ts";
import { networks } from "../networks/index.ts";

const sequential = (...layers: nn.Module[]) => new nn.Sequential(...layers);

/** The widest span of inputs that change one output of the middle half, by changing them one after the other. */
function probed(net: nn.Module, channels: number, length: number): number {
  net.eval();
  const x = rand([1, channels, length]).dataSync();
  const run = (data: Float32Array): Float32Array => net.forward(tensor(data).reshape([1, channels, length])).dataSync();
  const plain = run(x);
  const count = net.forward(tensor(x).reshape([1, channels, length])).shape.at(-1)!;
  const first = new Array<number>(count).fill(Number.POSITIVE_INFINITY);
  const last = new Array<number>(count).fill(-1);
  for (let t = 0; t < length; t++) {
    const changed = run(x.map((value, i) => (i % length === t ? value + 0.5 + t / 100 : value)));
    changed.forEach((value, i) => {
      if (value === plain[i]) return;
      first[i % count] = Math.min(first[i % count]!, t);
      last[i % count] = Math.max(last[i % count]!, t);
    });
  }
  const middle = first.map((from, m) => last[m]! - from + 1).slice(Math.floor(count / 4), Math.ceil((3 * count) / 4));
  return Math.max(...middle);
}

describe("the receptive field is the span of inputs that change an output", () => {
  test.each<[string, () => nn.Module, number]>([
    ["a dilated convolution", () => new nn.Conv1d(2, 3, 3, { dilation: 4, padding: 4 }), 9],
    ["two of them", () => sequential(new nn.Conv1d(2, 4, 3, { padding: "same" }), new nn.Conv1d(4, 2, 5)), 7],
    ["strides", () => sequential(new nn.Conv1d(2, 4, 4, { stride: 2 }), new nn.Conv1d(4, 2, 3, { stride: 3 })), 8],
    [
      "down and up again, where the outputs of a hop differ",
      () => sequential(new nn.Conv1d(2, 4, 4, { stride: 4 }), new nn.ConvTranspose1d(4, 2, 6, { stride: 4 })),
      8,
    ],
    ["pools", () => sequential(new nn.AvgPool1d(2), new nn.Conv1d(2, 2, 3), new nn.Upsample({ scaleFactor: 2 })), 6],
    ["a pad and a crop", () => new Shifted(), 4],
    ["grouped channels of different reach", () => new Branches(), 11],
    ["features along the last axis", () => new Transposed(), 3],
  ])("%s", (_, make, expected) => {
    manualSeed(3);
    const net = make();
    expect(receptiveField(net, [1, 2, 48])).toBe(expected);
    expect(probed(net, 2, 48)).toBe(expected);
  });

  test("max pooling counts the whole window, of which one sample is the largest", () => {
    expect(receptiveField(sequential(new nn.MaxPool1d(4, { stride: 2 }), new nn.Conv1d(1, 1, 2)), [1, 1, 10])).toBe(6);
  });

  test("the length grows until no edge cuts anything off", () => {
    const padded = (x: Tensor) => F.pad(x, [700, 0]).slice(-1, 0, x.shape[2]!).add(x);
    expect(receptiveField(padded, [1, 1, 8])).toBe(701);
    const spread = new nn.ConvTranspose1d(1, 1, 2, { dilation: 500, padding: 250 });
    expect(receptiveField(spread, [1, 1, 510])).toBe(501);
    expect(receptiveField(new nn.Conv1d(1, 1, 3, { dilation: 1000, padding: 1000 }), [1, 1, 8])).toBe(2001);
  });

  test("recurrences and statistics of the signal see everything", () => {
    expect(receptiveField(new Recurrent(), [1, 2, 50])).toBe(Number.POSITIVE_INFINITY);
    const pooled = sequential(new nn.Conv1d(2, 2, 3), new nn.AdaptiveAvgPool1d(1));
    expect(receptiveField(pooled, [1, 2, 50])).toBe(Number.POSITIVE_INFINITY);
    const normed = sequential(new nn.Conv1d(2, 2, 3), new nn.InstanceNorm1d(2));
    expect(receptiveField(normed, [1, 2, 5000])).toBe(Number.POSITIVE_INFINITY);
  });

  test("signals without samples, and longer ones than can be looked at, are errors", () => {
    expect(() => receptiveField(new nn.ReLU(), [])).toThrow(/has no samples/);
    expect(() => receptiveField(new nn.ReLU(), [1, 1, 0])).toThrow(/has no samples/);
    expect(() => receptiveField(new nn.ReLU(), [1, 1, 2 ** 30])).toThrow(/too long to look at/);
  });

  test("what does not depend on the input has none", () => {
    const constant = (x: Tensor) => F.relu(tensor([1, 2, 3])).add(x.mul(0).sum().mul(0).detach());
    expect(receptiveField(() => F.relu(tensor([1, 2, 3])), [1, 1, 16])).toBe(0);
    expect(receptiveField(constant, [1, 1, 16])).toBe(Number.POSITIVE_INFINITY);
  });
});

/** Streams bound what reflected edges need, some networks stream lengths of one remainder alone, and some take long. */
const streamed = networks.filter(({ name }) => !/^(MelGAN|Wave-U-Net|RAVE|HiFi-GAN V1)/.test(name));

test.each(streamed.map((each) => [each.name, each] as const))("%s: as its stream says", (_, network) => {
  const { make, channels, lengths } = network;
  const net = make();
  expect(receptiveField(net, [1, channels, lengths[0]!])).toBe(stream(net, { channels }).receptiveField);
});

class Shifted extends nn.Module {
  override forward(x: Tensor): Tensor {
    return F.pad(x, [3, 0]).slice(-1, 0, x.shape[2]!).add(x);
  }
}

class Branches extends nn.Module {
  readonly conv = new nn.Conv1d(2, 2, 3, { groups: 2, padding: "same" });
  readonly far = new nn.Conv1d(1, 1, 3, { dilation: 4, padding: "same" });

  override forward(x: Tensor): Tensor {
    const [a, b] = F.split(this.conv.forward(x), 1, 1) as [Tensor, Tensor];
    return F.cat([this.far.forward(a), b], 1);
  }
}

class Transposed extends nn.Module {
  readonly conv = new nn.Conv1d(2, 4, 3, { padding: "same" });
  readonly linear = new nn.Linear(4, 2);

  override forward(x: Tensor): Tensor {
    return this.linear.forward(this.conv.forward(x).transpose(1, 2)).transpose(1, 2);
  }
}

class Recurrent extends nn.Module {
  readonly lstm = new nn.LSTM(2, 3, { batchFirst: true });

  override forward(x: Tensor): Tensor {
    return this.lstm.forward(x.transpose(1, 2))[0].transpose(1, 2);
  }
}
