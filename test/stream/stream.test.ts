import { F, manualSeed, nn, randn, type Tensor, zeros } from "atrous";
import { type LiveStream, portable, stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { gru as gruOf } from "../../src/ops/recurrent/gru.ts";
import { expectSameBits, inBlocks, joined, type Net, signalOf, whole } from "./blocks.ts";

const causal = (): nn.Sequential =>
  new nn.Sequential(
    new nn.Conv1d(2, 6, 3, { padding: "causal", dilation: 4 }),
    new nn.Tanh(),
    new nn.Conv1d(6, 3, 3, { stride: 2, padding: 1 }),
    new nn.ConvTranspose1d(3, 2, 4, { stride: 2, padding: 1 }),
  );

const upTo = (n: number): number[] => Array.from({ length: n + 1 }, (_, i) => i);

describe("ready(n) is the number of final samples", () => {
  /** Definition: what all signals of n samples and more have in common. */
  const cases: [string, Net, (n: number) => number][] = [
    ["centred", new nn.Conv1d(1, 1, 5, { padding: 2 }), (n) => Math.max(0, n - 2)],
    ["causal, dilated", new nn.Conv1d(1, 1, 3, { padding: "causal", dilation: 7 }), (n) => n],
    ["valid", new nn.Conv1d(1, 1, 4), (n) => Math.max(0, n - 3)],
    ["strided", new nn.Conv1d(1, 1, 3, { stride: 2, padding: 1 }), (n) => Math.max(0, Math.floor((n - 2) / 2) + 1)],
    ["more padding than kernel", new nn.Conv1d(1, 1, 2, { padding: [4, 0] }), (n) => n + 3],
    ["reflect", new nn.Conv1d(1, 1, 5, { padding: [3, 1], paddingMode: "reflect" }), (n) => (n < 4 ? 0 : n - 1)],
    ["replicate", new nn.Conv1d(1, 1, 5, { padding: [4, 0], paddingMode: "replicate" }), (n) => n],
    ["transposed", new nn.ConvTranspose1d(1, 1, 6, { stride: 3, padding: 1 }), (n) => (n < 1 ? 0 : 3 * n - 1)],
    [
      "transposed, held back: span + outputPadding < stride + padding",
      new nn.ConvTranspose1d(1, 1, 2, { stride: 4, padding: 1, outputPadding: 1 }),
      (n) => (n < 1 ? 0 : Math.max(0, Math.min(4 * n - 1, 4 * (n - 1) + 2 - 2 + 1))),
    ],
    ["pool", new nn.MaxPool1d(3, { stride: 2, padding: 1 }), (n) => Math.max(0, Math.floor((n - 2) / 2) + 1)],
    ["nearest", new nn.Upsample({ scaleFactor: 3 }), (n) => 3 * n],
    [
      "linear",
      new nn.Upsample({ scaleFactor: 3, mode: "linear" }),
      (n) => (n < 1 ? 0 : Math.floor(3 * (n - 0.5) + 0.5)),
    ],
    ["crop", new nn.Crop([2, 3]), (n) => Math.max(0, n - 5)],
    ["chomped convolution", (x) => F.conv1d(x, weight, null, { padding: 4 }).slice(2, 0, -4), (n) => n],
    ["join", (x) => x.add(F.conv1d(x, weight, null, { padding: 2 })), (n) => Math.max(0, n - 2)],
  ];
  const weight = F.softmax(new nn.Conv1d(1, 1, 5).weight, -1).detach();
  test.each(cases)("%s", (_, net, formula) => {
    const live = stream(net);
    expect(upTo(40).map((n) => live.ready(n))).toEqual(upTo(40).map(formula));
    let emitted = live.push([new Float32Array(0)])[0]!.length;
    expect(emitted).toBe(formula(0));
    for (const n of upTo(40).slice(1)) {
      emitted += live.push([Float32Array.of(n)])[0]!.length;
      expect(emitted).toBe(formula(n));
    }
  });
});

describe("what is reported", () => {
  test("look-ahead, latency, hop, rate and receptive field", () => {
    const report = (net: Net, channels = 1): number[] => {
      const { lookahead, latency, hop, rate, receptiveField } = stream(net, { channels });
      return [lookahead, latency, hop, rate, receptiveField];
    };
    expect(report(new nn.Conv1d(1, 1, 5, { padding: 2 }))).toEqual([2, 2, 1, 1, 5]);
    expect(report(new nn.Conv1d(1, 1, 5, { padding: "causal" }))).toEqual([0, 0, 1, 1, 5]);
    expect(report(new nn.Conv1d(1, 1, 8, { stride: 4 }))).toEqual([7, 2, 4, 1 / 4, 8]);
    expect(report(new nn.ConvTranspose1d(1, 1, 8, { stride: 4, padding: 2 }))).toEqual([0.5, 2, 1, 4, 2]);
    expect(report(causal(), 2)).toEqual([2, 2, 2, 1, 13]);
  });

  test("look-ahead is real: nothing after it matters, and its last sample does", () => {
    const net = causal();
    const { lookahead } = stream(net, { channels: 2 });
    const signal = signalOf(2, 64);
    const before = whole(net, signal);
    const reach = (at: number): number => {
      const changed = signal.map((row) => row.map((x, t) => (t === at ? x + 1 : x)));
      const after = whole(net, changed);
      const first = before[0]!.findIndex((_, t) => before.some((row, c) => row[t] !== after[c]![t]));
      return at - first;
    };
    expect(Math.max(...upTo(20).map((i) => reach(20 + i)))).toBe(lookahead);
  });
});

describe("state", () => {
  test("a stream that is finished says so, and begins anew after reset", () => {
    const net = causal();
    const live = stream(net, { channels: 2 });
    const signal = signalOf(2, 40);
    const first = inBlocks(live, signal, [7, 7]);
    expect(() => live.push(signal)).toThrow("push: the stream is finished; reset() begins anew");
    expect(() => live.finish()).toThrow("finish: the stream is finished already; reset() begins anew");
    live.reset();
    expectSameBits(inBlocks(live, signal, [13]), first, "after reset");
  });

  test("two streams of one model share no state", () => {
    const net = causal();
    const [a, b] = [stream(net, { channels: 2 }), stream(net, { channels: 2 })];
    const [x, y] = [signalOf(2, 50), signalOf(2, 50)];
    const parts: Float32Array[][][] = [[], []];
    for (let t = 0; t < 50; t += 5) {
      parts[0]!.push(a.push(x.map((row) => row.slice(t, t + 5))));
      parts[1]!.push(b.push(y.map((row) => row.slice(t, t + 5))));
    }
    expectSameBits(joined([...parts[0]!, a.finish()]), whole(net, x), "one");
    expectSameBits(joined([...parts[1]!, b.finish()]), whole(net, y), "the other");
  });

  test("a stream has the weights of the moment it was made", () => {
    const net = causal();
    const signal = signalOf(2, 30);
    const before = whole(net, signal);
    const live = stream(net, { channels: 2 });
    for (const parameter of net.parameters()) parameter.assign(parameter.mul(2).detach());
    expectSameBits(inBlocks(live, signal, [30]), before, "old weights");
    expectSameBits(inBlocks(stream(net, { channels: 2 }), signal, [30]), whole(net, signal), "new weights");
  });

  const lstm = new nn.LSTM(1, 4, { batchFirst: true });
  const gru = new nn.GRU(1, 5, { batchFirst: true, numLayers: 2 });
  const [ofGates, ofHidden] = [randn([9, 1, 1]), randn([9, 3])];
  const nets: [string, Net, number][] = [
    ["convolutions", causal(), 2],
    [
      "a GRU that resets before the product",
      (x) => {
        const gates = F.conv1d(x, ofGates);
        return gruOf(gates, ofHidden, ofGates.flatten(), zeros([1, 3]), { resetAfter: false });
      },
      1,
    ],
    ["another recurrence", (x) => gru.forward(x.transpose(1, 2))[0].transpose(1, 2), 1],
    ["a recurrence", (x) => lstm.forward(x.transpose(1, 2))[0].transpose(1, 2), 1],
    [
      "pools and padding",
      new nn.Sequential(
        new nn.ReflectionPad1d(3),
        new nn.MaxPool1d(3, { stride: 2 }),
        new nn.Upsample({ scaleFactor: 2 }),
      ),
      1,
    ],
  ];
  test.each(nets)("a snapshot, through JSON, goes on with the same bits: %s", (_, net, channels) => {
    const signal = signalOf(channels, 60);
    signal[0]!.set([Number.NaN, -0, Number.POSITIVE_INFINITY, 1e-42], 30);
    const push = (live: LiveStream, from: number, to: number): Float32Array[] =>
      live.push(signal.map((row) => row.slice(from, to)));
    const one = stream(net, { channels });
    const other = stream(net, { channels, maxBlock: 3 });
    push(one, 0, 37);
    const saved = JSON.parse(JSON.stringify(one.snapshot()));
    const went = joined([push(one, 37, 50), push(one, 50, 60), one.finish()]);
    one.restore(saved);
    expectSameBits(joined([push(one, 37, 60), one.finish()]), went, "the same stream");
    other.push(signal);
    other.restore(saved);
    expectSameBits(joined([push(other, 37, 41), push(other, 41, 60), other.finish()]), went, "another stream");
    one.restore(JSON.parse(JSON.stringify(one.snapshot())));
    expect(() => one.push(signal)).toThrow("the stream is finished");
  });

  test("a snapshot of another network is refused", () => {
    const saved = stream(causal(), { channels: 2 }).snapshot();
    expect(() => stream(new nn.Conv1d(2, 2, 3), { channels: 2 }).restore(saved)).toThrow("of another network");
    expect(() => stream(causal(), { channels: 2 }).restore({} as never)).toThrow("expected what snapshot() gave");
  });
});

describe("initial", () => {
  const nets: [string, Net][] = [
    [
      "causal",
      new nn.Sequential(
        new nn.Conv1d(1, 4, 3, { padding: "causal", dilation: 3 }),
        new nn.Tanh(),
        new nn.Conv1d(4, 1, 5, { padding: "causal" }),
      ),
    ],
    [
      "down and up",
      new nn.Sequential(
        new nn.Conv1d(1, 4, 4, { stride: 2, padding: [2, 0] }),
        new nn.Tanh(),
        new nn.ConvTranspose1d(4, 3, 6, { stride: 4, padding: [0, 2] }),
        new nn.ReLU(),
        new nn.Conv1d(3, 1, 4, { stride: 2, padding: [3, 0] }),
      ),
    ],
    [
      "skip",
      (x: Tensor) =>
        F.conv1d(x.tanh(), kernel, bias, { padding: "causal" }).add(x).sigmoid().pad([2, 0]).slice(2, 1, -1),
    ],
  ];
  const kernel = new nn.Conv1d(1, 1, 7).weight.detach();
  const bias = new nn.Conv1d(1, 1, 7).weight.reshape([7]).slice(0, 0, 1).detach();

  test.each(nets)("steady: as after endless silence, %s", (_, net) => {
    const signal = signalOf(1, 40);
    const silence = 64; // longer than any of them remembers, and a multiple of the hops
    const long = stream(net).push([Float32Array.from([...new Float32Array(silence), ...signal[0]!])])[0]!;
    const live = stream(net, { initial: "steady" });
    const got = live.push(signal)[0]!;
    const first = live.push([new Float32Array(0)]);
    expect(first[0]!.length).toBe(0);
    expectSameBits([got], [long.slice(long.length - got.length)], "steady");
    live.reset();
    expectSameBits(
      [joined([live.push([signal[0]!.slice(0, 3)]), live.push([signal[0]!.slice(3)])])[0]!],
      [got],
      "again, in two blocks",
    );
  });

  test("steady differs from zeros where there are biases, until the receptive field is passed", () => {
    manualSeed(4);
    const net = new nn.Sequential(
      new nn.Conv1d(1, 4, 3, { padding: "causal", dilation: 3 }),
      new nn.Tanh(),
      new nn.Conv1d(4, 1, 5, { padding: "causal" }),
    );
    const signal = signalOf(1, 40);
    const [zeros, steady] = ["zeros", "steady"].map(
      (initial) => stream(net, { initial: initial as "zeros" }).push(signal)[0]!,
    );
    const { receptiveField } = stream(net);
    const differing = upTo(39).filter((t) => zeros![t] !== steady![t]);
    expect(differing.length).toBeGreaterThan(2);
    expect(Math.max(...differing)).toBeLessThan(receptiveField - 1);
  });

  test("first: every layer begins as if its first sample had always been there", () => {
    const options = { padding: "causal", dilation: 2 } as const;
    const zeros = new nn.Sequential(new nn.Conv1d(1, 3, 4, options), new nn.Tanh(), new nn.Conv1d(3, 1, 3, options));
    const replicate = new nn.Sequential(
      new nn.Conv1d(1, 3, 4, { ...options, paddingMode: "replicate" }),
      new nn.Tanh(),
      new nn.Conv1d(3, 1, 3, { ...options, paddingMode: "replicate" }),
    );
    replicate.loadStateDict(zeros.stateDict());
    const signal = signalOf(1, 30);
    const live = stream(zeros, { initial: "first" });
    const parts = [
      live.push([signal[0]!.slice(0, 0)]),
      live.push([signal[0]!.slice(0, 1)]),
      live.push([signal[0]!.slice(1)]),
      live.finish(),
    ];
    expectSameBits(joined(parts), whole(replicate, signal), "first");
  });
});

describe("what needs the whole signal", () => {
  test("a classifier gives its result at finish", () => {
    const net = new nn.Sequential(
      new nn.Conv1d(2, 8, 5, { stride: 2 }),
      new nn.ReLU(),
      new nn.GlobalAvgPool1d(),
      new nn.Linear(8, 3),
    );
    const live = stream(net, { channels: 2 });
    const signal = signalOf(2, 100);
    expectSameBits(inBlocks(live, signal, [3, 50]), whole(net, signal), "classes");
    expect(live.latency).toBe(Number.POSITIVE_INFINITY);
    live.reset();
    expectSameBits(inBlocks(live, signal, [99]), whole(net, signal), "again");
  });

  test("the last state of a recurrence", () => {
    const lstm = new nn.LSTM(1, 4, { batchFirst: true });
    const net: Net = (x) => lstm.forward(x.transpose(1, 2))[1][0].squeeze(0);
    const gru = new nn.GRU(1, 3, { batchFirst: true });
    const other: Net = (x) => gru.forward(x.transpose(1, 2))[1].squeeze(0);
    const signal = signalOf(1, 33);
    for (const each of [net, other])
      expectSameBits(inBlocks(stream(each), signal, [4, 4, 20]), whole(each, signal), "state");
  });

  const needing: [string, Net, number, string][] = [
    ["groupNorm", new nn.GroupNorm(2, 4), 4, "groupNorm"],
    ["instanceNorm", new nn.InstanceNorm1d(4), 4, "instanceNorm"],
    [
      "circular",
      new nn.Conv1d(4, 2, 3, { padding: 1, paddingMode: "circular" }),
      4,
      'conv1d (pad) pads with "circular"',
    ],
    [
      "transposed circular",
      new nn.ConvTranspose1d(4, 2, 3, { padding: 1, paddingMode: "circular" }),
      4,
      'padding mode "circular"',
    ],
    [
      "bidirectional",
      (x) => both.forward(x.transpose(1, 2))[0].transpose(1, 2),
      4,
      "bidirectional LSTM (flip) reads the signal backwards",
    ],
    [
      "bidirectional GRU",
      (x) => bothGru.forward(x.transpose(1, 2))[0].transpose(1, 2),
      4,
      "bidirectional GRU (flip) reads the signal backwards",
    ],
    [
      "division by the deviation",
      (x) => x.div(x.variance(2, { keepDim: true }).sqrt()),
      4,
      "sub needs what is only known at the end",
    ],
    ["flip", (x) => x.flip(2), 1, "flip reads the signal backwards"],
    [
      "resampling edge to edge",
      new nn.Upsample({ scaleFactor: 2, mode: "linear", alignCorners: true }),
      1,
      "interpolate with alignCorners has a rate",
    ],
    ["softmax over time", (x) => F.softmax(x, 2), 1, "needs what is only known at the end"],
  ];
  const both = new nn.LSTM(4, 2, { batchFirst: true, bidirectional: true });
  const bothGru = new nn.GRU(4, 2, { batchFirst: true, bidirectional: true });
  test.each(needing)("is refused, unless it may be kept: %s", (_, net, channels, message) => {
    expect(() => stream(net, { channels })).toThrow(message);
    expect(() => stream(net, { channels })).toThrow("{ allowBuffering: true } keeps the signal");
    const live = stream(net, { channels, allowBuffering: true });
    const signal = signalOf(channels, 60);
    expectSameBits(inBlocks(live, signal, [17, 1, 30]), whole(net, signal), "kept");
  });
});

describe("a padding that depends on the length", () => {
  // As MindSpore's "same" with a stride: the least padding for ⌈N/2⌉ results, the odd sample behind.
  const weight = new nn.Conv1d(1, 2, 3).weight.detach();
  const net: Net = (x) => {
    const total = Math.max((Math.ceil(x.shape[2]! / 2) - 1) * 2 + 3 - x.shape[2]!, 0);
    const before = Math.floor(total / 2);
    return F.conv1d(x, weight, null, { stride: 2, padding: [before, total - before] });
  };

  test("is refused, naming the option that helps", () => {
    expect(() => stream(net)).toThrow(
      /conv1d has a padding before that depends on the length of the signal \(\d at length \d+, \d at \d+\); the option lengthModulo/,
    );
  });

  test.each([0, 1])("streams when the length is known to be %i modulo the hop", (lengthModulo) => {
    const live = stream(net, { lengthModulo });
    const signal = signalOf(1, 40 + lengthModulo);
    expectSameBits(inBlocks(live, signal, [3, 4, 5]), whole(net, signal), "same");
    live.reset();
    live.push(signalOf(1, 41 - lengthModulo));
    expect(() => live.finish()).toThrow(
      `lengthModulo ${lengthModulo} promised a length of ${lengthModulo} modulo 2, got ${41 - lengthModulo}`,
    );
  });
});

describe("errors", () => {
  const live = stream(new nn.Conv1d(2, 1, 3), { channels: 2 });
  test.each([
    [() => stream(new nn.Conv1d(2, 1, 3)), "2 input channels"],
    [() => stream(new nn.Conv1d(1, 1, 3), { chanels: 1 } as never), "chanels"],
    [() => stream({} as never), "stream: expected a module or a function of tensors, got"],
    [() => live.push([new Float32Array(3)]), "push: the network has 2 input channels, got 1"],
    [() => live.push([new Float32Array(3), new Float32Array(4)]), "push: all channels must have one length, got 3, 4"],
    [() => live.push([[1], [2]] as never), "push: expected an array of Float32Arrays"],
    [() => stream((x) => x.mul(0).add(x.shape[2]!)), "add uses a number that depends on the length of the signal"],
    [() => stream(() => new nn.Conv1d(1, 1, 3).weight), "the output does not depend on the input"],
  ])("%#", (action, message) => expect(action).toThrow(message));

  test("reflection needs a signal longer than itself, as at once", () => {
    const short = stream(new nn.Conv1d(1, 1, 7, { padding: 3, paddingMode: "reflect" }));
    short.push([new Float32Array(3)]);
    expect(() => short.finish()).toThrow("reflect padding [3, 3] must be less than the length 3");
  });
});

test("a portable network survives a structured clone and streams the same bits", () => {
  const net = causal();
  const signal = signalOf(2, 50);
  const copy = structuredClone(portable(net, { channels: 2 }));
  expectSameBits(inBlocks(stream(copy), signal, [9, 9]), whole(net, signal), "portable");
  expect(() => portable(new nn.GroupNorm(1, 2), { channels: 2 })).toThrow("portable: groupNorm");
});
