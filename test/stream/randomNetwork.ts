import { cat, F, manualSeed, nn, ones, rand, type Tensor, zeros } from "atrous";
import fc from "fast-check";

/** One step in building a network: a kind, and numbers that it makes its choices by. */
export interface Move {
  readonly kind: number;
  readonly choices: readonly number[];
}

const aMove: fc.Arbitrary<Move> = fc.record({
  kind: fc.nat({ max: 999 }),
  choices: fc.array(fc.nat({ max: 999 }), { minLength: 8, maxLength: 8 }),
});

/** Plans of networks; shorter ones are simpler. */
export const moves: fc.Arbitrary<readonly Move[]> = fc.array(aMove, { minLength: 1, maxLength: 6 });

type Layer = (x: Tensor) => Tensor;

/** What is built so far: a network, its channels, and how far the rate may still change. */
interface Building {
  readonly channels: number;
  /** Output samples per input sample. */
  readonly rate: number;
}

interface Step {
  readonly layer: Layer;
  readonly next: Building;
}

/** Picks from what `choices` say, one after the other. */
class Choices {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** 0..count−1 */
  upTo(count: number): number {
    return this.#numbers[this.#next++ % this.#numbers.length]! % count;
  }

  of<T>(options: readonly T[]): T {
    return options[this.upTo(options.length)]!;
  }
}

const modes = ["zeros", "reflect", "replicate"] as const;
const weight = (...shape: number[]): Tensor =>
  rand(shape)
    .mul(2)
    .sub(1)
    .div(Math.sqrt(shape[1]! * shape[2]!))
    .detach();
const bias = (pick: Choices, channels: number): Tensor | null =>
  pick.upTo(3) === 0 ? null : rand([channels]).sub(0.5).detach();

/** Channels of groups: the count of groups, and output channels that it divides. */
function grouped(pick: Choices, channels: number): { groups: number; out: number } {
  const groups = pick.of([1, 1, channels]);
  return { groups, out: groups === 1 ? 1 + pick.upTo(4) : groups * (1 + pick.upTo(2)) };
}

type Build = (pick: Choices, from: Building) => Step;

const same = (layer: Layer, from: Building): Step => ({ layer, next: from });

const conv1d: Build = (pick, from) => {
  const { groups, out } = grouped(pick, from.channels);
  const stride = from.rate > 0.2 ? pick.of([1, 1, 1, 2, 3]) : 1;
  const [kernelSize, dilation] = [1 + pick.upTo(5), 1 + pick.upTo(3)];
  const [w, b] = [weight(out, from.channels / groups, kernelSize), bias(pick, out)];
  const padding = pick.of<"causal" | [number, number]>(["causal", [pick.upTo(5), pick.upTo(5)], [pick.upTo(9), 0]]);
  const options = { stride, dilation, groups, padding, paddingMode: pick.of(modes) };
  return { layer: (x) => F.conv1d(x, w, b, options), next: { channels: out, rate: from.rate / stride } };
};

const convTranspose1d: Build = (pick, from) => {
  const { groups, out } = grouped(pick, from.channels);
  const stride = from.rate <= 2 ? 1 + pick.upTo(4) : 1;
  const [kernelSize, dilation] = [1 + pick.upTo(6), 1 + pick.upTo(2)];
  const span = dilation * (kernelSize - 1) + 1;
  const padding: [number, number] = [pick.upTo(Math.min(4, span)), pick.upTo(4)];
  const w = weight(from.channels, out / groups, kernelSize);
  const options = {
    ...{ stride, dilation, groups, padding, paddingMode: pick.of(modes) },
    outputPadding: pick.upTo(Math.max(stride, dilation)),
  };
  const b = bias(pick, out);
  return { layer: (x) => F.convTranspose1d(x, w, b, options), next: { channels: out, rate: from.rate * stride } };
};

const pool: Build = (pick, from) => {
  const kernelSize = 1 + pick.upTo(4);
  const stride = from.rate > 0.2 ? 1 + pick.upTo(3) : 1;
  const [padding, ceilMode] = [pick.upTo(Math.floor(kernelSize / 2) + 1), pick.upTo(2) === 1];
  const next = { ...from, rate: from.rate / stride };
  if (pick.upTo(2) === 0) {
    const dilation = 1 + pick.upTo(2);
    return { layer: (x) => F.maxPool1d(x, kernelSize, { stride, padding, ceilMode, dilation }), next };
  }
  const countIncludePad = pick.upTo(2) === 1;
  return { layer: (x) => F.avgPool1d(x, kernelSize, { stride, padding, ceilMode, countIncludePad }), next };
};

const resample: Build = (pick, from) => {
  if (from.rate > 2) return same((x) => x.tanh(), from);
  const [mode, scaleFactor] = pick.of([
    ["nearest", 2],
    ["nearest", 3],
    ["linear", 2],
    ["linear", 3],
    ["linear", 1.5],
    ["nearest", 1.5],
  ] as const);
  return { layer: (x) => F.interpolate(x, { mode, scaleFactor }), next: { ...from, rate: from.rate * scaleFactor } };
};

const activation: Build = (pick, from) => {
  const layers: Layer[] = [
    (x) => x.relu(),
    (x) => F.leakyRelu(x, 0.1),
    (x) => x.tanh().mul(x.sigmoid()),
    (x) => F.softmax(x, 1),
    (x) => x.sub(x.mean(1, { keepDim: true })),
    (x) => x.div(x.square().sum(1, { keepDim: true }).add(1).sqrt()),
  ];
  return same(pick.of(layers), from);
};

const norm: Build = (pick, from) => {
  const { channels } = from;
  const layers = [
    new nn.ChannelNorm(channels),
    new nn.BatchNorm1d(channels),
    new nn.CumulativeNorm(channels),
    new nn.PReLU(channels),
  ];
  const layer = pick.of<nn.Module>(layers).eval();
  return same((x) => layer.forward(x) as Tensor, from);
};

const padded: Build = (pick, from) => {
  const [before, after] = [pick.upTo(5), pick.upTo(5)];
  const mode = pick.of(modes);
  const layers: Layer[] = [
    (x) => x.pad([before, after], { mode }),
    (x) => x.pad([before, after], { value: 0.5 }),
    (x) => x.slice(2, before, after === 0 ? undefined : -after),
    (x) => x.pad([-before, -after]),
    (x) => cat([zeros([1, from.channels, before + 1]), x, zeros([1, from.channels, after])], 2),
  ];
  return same(pick.of(layers), from);
};

/** The first samples as they are, the others of what came before them too; and a constant that counts. */
const begun: Build = (pick, from) => {
  const count = 1 + pick.upTo(3);
  const layers: Layer[] = [
    (x) =>
      cat(
        [
          x.slice(2, 0, count).reshape([1, from.channels, count]),
          x.slice(2, count).sub(x.slice(2, 0, -count).mul(0.97)),
        ],
        2,
      ),
    (x) => x.add(ones([x.shape[2]!]).cumsum(0).reshape([1, 1, -1])),
    (x) =>
      x
        .transpose(1, 2)
        .div(ones([x.shape[2]!]).cumsum(0).reshape([1, -1, 1]))
        .transpose(1, 2),
  ];
  return same(pick.of(layers), from);
};

const decimate: Build = (pick, from) => {
  if (from.rate < 0.3) return same((x) => x.abs(), from);
  const start = pick.upTo(3);
  return { layer: (x) => x.slice(2, start, undefined, 2), next: { ...from, rate: from.rate / 2 } };
};

/** Neighbouring channels become neighbouring moments. */
const shuffle: Build = (pick, from) => {
  const up = pick.of([2, 3]);
  if (from.rate > 2) return same((x) => x.neg(), from);
  const w = weight(2 * up, from.channels, 1);
  const layer: Layer = (x) => {
    const y = F.conv1d(x, w);
    const length = x.shape[2]!;
    return y
      .reshape([1, 2, up, length])
      .permute([0, 1, 3, 2])
      .reshape([1, 2, length * up]);
  };
  return { layer, next: { channels: 2, rate: from.rate * up } };
};

const recurrent: Build = (pick, from) => {
  const hidden = 1 + pick.upTo(4);
  const kind = pick.of([nn.LSTM, nn.GRU]);
  const recurrence = new kind(from.channels, hidden, { batchFirst: true });
  const layer: Layer = (x) => recurrence.forward(x.transpose(1, 2))[0].transpose(1, 2);
  return { layer, next: { ...from, channels: hidden } };
};

/** Both sides of a residual or a concatenation have the length of the signal. */
const residual: Build = (pick, from) => {
  const [kernelSize, dilation] = [1 + pick.upTo(4), 1 + pick.upTo(4)];
  const reach = dilation * (kernelSize - 1);
  const padding = pick.of<"same" | "causal" | [number, number]>(["same", "causal", [reach, 0], [0, reach]]);
  const { channels } = from;
  const [w, v] = [weight(channels, channels, kernelSize), weight(channels, channels, 1)];
  const body: Layer = (x) =>
    F.conv1d(F.conv1d(x.relu(), w, null, { padding, dilation, paddingMode: pick.of(["zeros"]) }).tanh(), v);
  if (pick.upTo(3) > 0) return same((x) => x.add(body(x)), from);
  return { layer: (x) => cat([body(x), x], 1), next: { ...from, channels: 2 * channels } };
};

/** A valid convolution, and what it leaves of the signal beside it. */
const cropped: Build = (pick, from) => {
  const { channels } = from;
  const kernelSize = 2 + pick.upTo(4);
  const start = pick.upTo(kernelSize);
  const w = weight(channels, channels, kernelSize);
  const layer: Layer = (x) => {
    const y = F.conv1d(x, w);
    return y.add(x.slice(2, start, start + y.shape[2]!));
  };
  return same(layer, from);
};

/** Down, something, and up again to where it was, in the three ways that lengths are made to fit. */
const skip: Build = (pick, from) => {
  if (from.rate < 0.3) return cropped(pick, from);
  const { channels } = from;
  const stride = 2 + pick.upTo(2);
  const kernelSize = stride + pick.upTo(3);
  const [down, up] = [weight(channels + 1, channels, kernelSize), weight(channels + 1, channels, kernelSize)];
  const middle = residual(pick, { channels: channels + 1, rate: from.rate / stride });
  const back = weight(channels + 1, middle.next.channels, 1);
  const through: Layer = (x) => F.conv1d(middle.layer(x), back);
  const joins: ((x: Tensor, u: Tensor) => Tensor)[] = [
    (x, u) => u.add(x.slice(2, 0, u.shape[2]!)),
    (x, u) => u.sub(x.slice(2, pick.upTo(1), u.shape[2]!).mul(0.5)),
  ];
  const way = pick.upTo(4);
  if (way < 2)
    return same(
      (x) => joins[way]!(x, F.convTranspose1d(through(F.conv1d(x, down, null, { stride })), up, null, { stride })),
      from,
    );
  const padding = pick.upTo(Math.floor(kernelSize / 2) + 1);
  if (way === 2)
    return same((x) => {
      const d = through(F.conv1d(x, down, null, { stride, padding }));
      return F.convTranspose1d(d, up, null, { stride, padding, outputLength: x.shape[2]! }).add(x);
    }, from);
  return {
    layer: (x) => {
      const d = through(F.conv1d(x, down, null, { stride, padding: [kernelSize - 1, kernelSize - 1] }));
      const u = F.convTranspose1d(d, up, null, { stride });
      return cat([u.slice(2, 0, x.shape[2]!), x], 1);
    },
    next: { ...from, channels: 2 * channels },
  };
};

const builders: readonly Build[] = [
  ...[conv1d, conv1d, conv1d, conv1d, convTranspose1d, convTranspose1d, convTranspose1d],
  ...[pool, resample, activation, norm, padded, padded, begun, decimate, shuffle, recurrent],
  ...[residual, residual, cropped, skip, skip, skip],
];

export interface RandomNetwork {
  readonly channels: number;
  readonly net: Layer;
}

/** The network that a plan describes. Its weights follow from `seed`. */
export function build(plan: readonly Move[], seed: number): RandomNetwork {
  manualSeed(seed);
  const channels = 1 + (seed % 3);
  let building: Building = { channels, rate: 1 };
  const layers: Layer[] = [];
  for (const { kind, choices } of plan) {
    const { layer, next } = builders[kind % builders.length]!(new Choices(choices), building);
    layers.push(layer);
    building = next;
    if (building.channels > 8) {
      const w = weight(2, building.channels, 1);
      layers.push((x) => F.conv1d(x, w));
      building = { ...building, channels: 2 };
    }
  }
  return { channels, net: (x) => layers.reduce((y, layer) => layer(y), x) };
}
