import { AtrousError, F, FormatError, manualSeed, OptionError, optim, randn, type Tensor, tensor } from "atrous";
import { exportNam, importNam, type NamConfig, type NamLayerArrayConfig, NamWaveNet } from "atrous/io";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { namSizes, Wavenet } from "../networks/wavenet.ts";
import { reference } from "./namReference.ts";

const bytesOf = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));

/** Numbers between −0.5 and 0.5 that float32 has exactly, always the same. */
function random(count: number, seed = 1): number[] {
  let state = seed;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(state / 2 ** 32 - 0.5);
  });
}

type SizeName = keyof typeof namSizes;

/** The configuration of one of the published sizes, as files of version 0.5 have it. */
const published = (size: SizeName, gated = false): NamConfig => ({
  layers: namSizes[size].map(({ inputSize, channels, headSize, kernelSize, dilations, headBias }) => ({
    input_size: inputSize,
    condition_size: 1,
    head_size: headSize,
    channels,
    kernel_size: kernelSize,
    dilations,
    activation: "Tanh",
    gated,
    head_bias: headBias,
  })),
  head: null,
  head_scale: 0.02,
});

const model = (config: object, weights: readonly number[], more = {}) => ({
  version: "0.5.4",
  architecture: "WaveNet",
  config,
  weights,
  sample_rate: 48000,
  ...more,
});

const counts = { standard: 13802, lite: 6554, feather: 3026, nano: 842 };

/** Small networks with everything that is known. */
const small: Record<string, { config: NamConfig; count: number }> = {
  plain: {
    config: {
      layers: [
        {
          input_size: 1,
          condition_size: 1,
          head_size: 2,
          channels: 3,
          kernel_size: 3,
          dilations: [1, 2],
          activation: "Tanh",
          gated: false,
          head_bias: false,
        },
        {
          input_size: 3,
          condition_size: 1,
          head_size: 1,
          channels: 2,
          kernel_size: 3,
          dilations: [8],
          activation: "Tanh",
          gated: false,
          head_bias: true,
        },
      ],
      head_scale: 0.02,
    },
    count: 131,
  },
  gated: {
    config: {
      layers: [
        {
          input_size: 1,
          channels: 3,
          kernel_size: 2,
          dilations: [1, 3],
          activation: "ReLU",
          gated: true,
          head_size: 1,
          head_bias: true,
        },
      ],
      head_scale: 1,
    },
    count: 128,
  },
  new: {
    config: {
      layers: [
        {
          input_size: 1,
          condition_size: 1,
          channels: 4,
          bottleneck: 2,
          kernel_sizes: [3, 2, 4],
          dilations: [1, 5, 2],
          activation: [
            { type: "LeakyReLU", negative_slope: 0.2 },
            { type: "PReLU", negative_slopes: [0.04, 0.05] },
            "Softsign",
          ],
          gating_mode: ["blended", "gated", "none"],
          secondary_activation: [
            { type: "LeakyHardtanh", min_val: 0, max_val: 0.25, min_slope: 0, max_slope: 0.02 },
            "Fasttanh",
            null,
          ],
          groups_input: 2,
          layer1x1: { active: true, groups: 2 },
          head1x1: { active: true, out_channels: 6, groups: 2 },
          head: { out_channels: 2, kernel_size: 5, bias: true },
          conv_pre_film: { active: true, shift: true, groups: 1 },
          conv_post_film: { active: true, shift: false, groups: 1 },
          input_mixin_pre_film: { active: true, shift: true, groups: 1 },
          input_mixin_post_film: { active: true, shift: true, groups: 1 },
          activation_pre_film: { active: true, shift: true, groups: 1 },
          activation_post_film: { active: true, shift: true, groups: 1 },
          layer1x1_post_film: { active: false, shift: true, groups: 1 },
          head1x1_post_film: { active: true, shift: true, groups: 1 },
        },
        {
          input_size: 4,
          channels: 3,
          bottleneck: 2,
          kernel_size: 2,
          dilations: [3],
          activation: "SiLU",
          gating_mode: "blended",
          layer1x1_post_film: { active: true },
          head: { out_channels: 3, kernel_size: 2, bias: false },
        },
      ],
      head: { channels: 2, out_channels: 1, kernel_sizes: [3, 2], activation: "Hardswish" },
      head_scale: 0.5,
    },
    count: 561,
  },
};

const at = (size: keyof typeof small) => model(small[size]!.config, random(small[size]!.count));

/** The network of a file's object, through the file. */
const read = (value: unknown): NamWaveNet => importNam(bytesOf(value));

const signal = (length: number): Tensor => tensor(random(length, 7), { shape: [1, 1, length] });

describe("sizes", () => {
  test.each(Object.entries(counts) as [SizeName, number][])(
    "%s has %i weights and sees 4093 samples",
    (size, count) => {
      const net = read(model(published(size), random(count)));
      expect(net.receptiveField).toBe(4093);
      expect(net.parameters().reduce((sum, parameter) => sum + parameter.size, 1)).toBe(count);
      expect(net.config).toEqual({ ...published(size), head_scale: net.headScale });
    },
  );

  test.each(Object.entries(small))(
    "%s, small: as many as its parameters, and the scale",
    (_name, { config, count }) => {
      expect(new NamWaveNet(config).parameters().reduce((sum, parameter) => sum + parameter.size, 1)).toBe(count);
      read(model(config, random(count)));
      expect(() => read(model(config, random(count + 1)))).toThrow(FormatError);
    },
  );
});

test.each([
  [3, 1871],
  [8, 12146],
])("the second generation, of %i channels, has %i weights and sees 6347 samples", (channels, count) => {
  const seven = [1, 3, 7, 17, 41, 101, 239];
  const layer: NamLayerArrayConfig = {
    input_size: 1,
    channels,
    kernel_sizes: [...new Array(14).fill(6), 15, 15, ...new Array(7).fill(6)],
    dilations: [...seven, ...seven, 1, 13, ...seven],
    activation: { type: "LeakyReLU", negative_slope: 0.01 },
    head: { out_channels: 1, kernel_size: 16, bias: true },
  };
  const file = model({ layers: [layer], head_scale: 0.01 }, random(count), { version: "0.7.0" });
  const net = read(file);
  expect(net.receptiveField).toBe(6347);
  const x = signal(30);
  expect(
    read(JSON.parse(new TextDecoder().decode(exportNam(net))))
      .forward(x)
      .toArray(),
  ).toEqual(net.forward(x).toArray());
});

describe("what it computes", () => {
  test("is what the same layers give, written by hand, on the signal with zeros before it", () => {
    const weights = random(counts.feather);
    const net = read(model(published("feather"), weights));
    const other = new Wavenet({ arrays: namSizes.feather, headScale: weights.at(-1)! });
    let from = 0;
    for (const parameter of other.parameters()) {
      parameter.assign(tensor(weights.slice(from, from + parameter.size), { shape: [...parameter.shape] }));
      from += parameter.size;
    }
    const x = signal(300);
    const expected = other.forward(F.pad(x, [4092, 0])).dataSync() as Float32Array;
    expectClose(net.forward(x).dataSync() as Float32Array, Array.from(expected), 1e-6);
  });

  test.each(Object.keys(small))("%s: within 1e-5 of plain loops", (name) => {
    const file = at(name);
    const x = signal(50);
    const expected = reference(file.config as never, file.weights, Array.from(x.dataSync() as Float32Array));
    const y = read(file).forward(x);
    expect(y.shape).toEqual([1, 1, 50]);
    expectClose(y.dataSync() as Float32Array, expected);
  });

  test("nano: within 1e-5 of plain loops", () => {
    const weights = random(counts.nano);
    const x = signal(40);
    const expected = reference(published("nano") as never, weights, Array.from(x.dataSync() as Float32Array));
    expectClose(
      read(model(published("nano"), weights))
        .forward(x)
        .dataSync() as Float32Array,
      expected,
    );
  });

  const values = [-4, -1.5, -1, -0.4, 0, 0.3, 1, 2.5, 4];
  test.each([
    ["Fasttanh", (x: number) => Math.tanh(x), 1e-3],
    ["Hardtanh", (x: number) => Math.max(-1, Math.min(1, x)), 1e-6],
    ["Hardswish", (x: number) => (x * Math.max(0, Math.min(6, x + 3))) / 6, 1e-6],
    ["LeakyReLU", (x: number) => (x > 0 ? x : 0.01 * x), 1e-6],
    ["PReLU", (x: number) => (x > 0 ? x : 0.01 * x), 1e-6],
    ["Sigmoid", (x: number) => 1 / (1 + Math.exp(-x)), 1e-6],
    ["SiLU", (x: number) => x / (1 + Math.exp(-x)), 1e-6],
    ["Softsign", (x: number) => x / (1 + Math.abs(x)), 1e-6],
    ["LeakyHardtanh", (x: number) => (Math.abs(x) > 1 ? Math.sign(x) * (1 + 0.01 * (Math.abs(x) - 1)) : x), 1e-6],
  ] as const)("%s by its name alone", (activation, expected, tolerance) => {
    // x passes through a layer that is the activation alone.
    const config = { layers: [one({ activation })], head_scale: 1 };
    const y = read(model(config, [1, 1, 0, 0, 0, 0, 1, 1])).forward(tensor(values, { shape: [1, 1, values.length] }));
    expectClose(y.dataSync() as Float32Array, values.map(expected), tolerance);
  });

  test("a signal without axis for the batch, and a batch", () => {
    const net = read(at("gated"));
    const x = randn([3, 1, 20]);
    const rows = [0, 1, 2].map((n) => net.forward(x.slice(0, n, n + 1).reshape([1, 20])).toArray());
    expect(net.forward(x).toArray()).toEqual(rows);
  });
});

test("an activation that all layers have is read once, not a thousand times with its thousand slopes", () => {
  let reads = 0;
  const activation = {
    type: "PReLU",
    get negative_slopes() {
      reads++;
      return [0.1, 0.2];
    },
  };
  const layer = { input_size: 1, channels: 2, kernel_size: 1, head_size: 2, head_bias: false };
  const head = { channels: 2, out_channels: 1, kernel_sizes: new Array(30).fill(1), activation };
  const layers = [{ ...layer, dilations: new Array(30).fill(1), activation }];
  new NamWaveNet({ layers, head, head_scale: 1 });
  expect(reads).toBe(2);
});

describe("streams", () => {
  test.each(["plain", "gated", "new"])("%s: without latency, and in blocks the same bits", (name) => {
    const net = read(at(name));
    const x = signal(150);
    const whole = net.forward(x).dataSync() as Float32Array;
    const live = stream(net);
    expect(live.latency).toBe(0);
    const samples = x.dataSync() as Float32Array;
    const parts: number[] = [];
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [2, 40],
      [40, 41],
      [41, 150],
    ] as const) {
      const [block] = live.push([samples.slice(from, to)]);
      expect(block!.length).toBe(to - from);
      parts.push(...block!);
    }
    expect(live.finish()[0]!.length).toBe(0);
    expect(parts).toEqual(Array.from(whole));
  });

  test("the lite size, block by block", () => {
    const net = read(model(published("lite"), random(counts.lite)));
    const x = signal(256);
    const live = stream(net);
    expect(live.latency).toBe(0);
    const samples = x.dataSync() as Float32Array;
    const parts = [0, 64, 128, 192].flatMap((from) => Array.from(live.push([samples.slice(from, from + 64)])[0]!));
    expect(parts).toEqual(Array.from(net.forward(x).dataSync() as Float32Array));
  });
});

describe("export", () => {
  test.each(["plain", "gated", "new"])(
    "%s: what is written is read back bit for bit, and written again the same",
    (name) => {
      const file = at(name);
      const metadata = { name: "Amp", loudness: -20.5, date: { year: 2024 }, tags: [1, null, true], "10": "ten" };
      const first = read({ ...file, metadata, sample_rate: 44100.5 });
      const bytes = exportNam(first);
      const second = importNam(bytes);
      expect(exportNam(second)).toEqual(bytes);
      expect(second.sampleRate).toBe(44100.5);
      expect(second.metadata).toEqual(first.metadata);
      expect(second.metadata.get("date")).toEqual(new Map([["year", 2024]]));
      expect(second.config).toEqual(first.config);
      const state = (net: NamWaveNet) => Array.from(net.stateDict(), ([key, value]) => [key, value.toArray()]);
      expect(state(second)).toEqual(state(first));
      const x = signal(60);
      expect(second.forward(x).toArray()).toEqual(first.forward(x).toArray());
      const { version, weights } = JSON.parse(new TextDecoder().decode(bytes));
      expect(version).toBe(name === "new" ? "0.7.0" : "0.5.4");
      expect(weights).toEqual(file.weights.map(short));
    },
  );

  test("a file of version 0.5 has the fields that players of that time ask for, in their order", () => {
    const net = read(at("plain"));
    expect(new TextDecoder().decode(exportNam(net, { metadata: { name: "a" } }))).toMatch(
      /^\{"version":"0.5.4","metadata":\{"name":"a"\},"architecture":"WaveNet","config":\{"layers":\[\{"input_size":1,"condition_size":1,"head_size":2,"channels":3,"kernel_size":3,"dilations":\[1,2\],"activation":"Tanh","gated":false,"head_bias":false\},.*\],"head":null,"head_scale":-?[\d.]+\},"weights":\[.*\],"sample_rate":48000\}\n$/,
    );
    const full = exportNam(net, { version: "0.7.0" });
    expect(JSON.parse(new TextDecoder().decode(full)).config.layers[0].gating_mode).toEqual(["none", "none"]);
    expect(exportNam(importNam(full))).toEqual(exportNam(net));
  });

  test("a network trained here", () => {
    manualSeed(3);
    const net = new NamWaveNet({ ...small.gated!.config, head_scale: 0.1 }, { sampleRate: 96000 });
    const optimizer = new optim.Adam(net.parameters(), { lr: 0.01 });
    const x = signal(100);
    const before = net.forward(x).toArray();
    for (let step = 0; step < 3; step++) {
      optimizer.zeroGrad();
      F.mseLoss(net.forward(x), x).backward();
      optimizer.step();
    }
    expect(net.forward(x).toArray()).not.toEqual(before);
    const copy = importNam(exportNam(net));
    expect(copy.sampleRate).toBe(96000);
    expect(copy.forward(x).toArray()).toEqual(net.forward(x).toArray());
  });

  test("−0, subnormal and largest weights survive; infinite ones are refused", () => {
    const net = read(at("plain"));
    const extreme = [-0, 2 ** -149, Math.fround(3.4028234663852886e38)];
    net.parameters()[0]!.assign(tensor(extreme, { shape: [3, 1, 1] }));
    expect(Array.from(importNam(exportNam(net)).parameters()[0]!.dataSync())).toEqual(extreme);
    net.parameters()[0]!.assign(tensor([Number.NaN, 0, 0], { shape: [3, 1, 1] }));
    expect(() => exportNam(net)).toThrow(new OptionError("exportNam: a weight is NaN, which .nam files cannot hold"));
  });

  test("wrong arguments", () => {
    const net = read(at("new"));
    expect(() => exportNam(net, { version: "0.5.4" })).toThrow(
      new OptionError("exportNam: files of version 0.5.4 cannot say what this network is; 0.7.0 can"),
    );
    expect(() => exportNam(net, { version: "1" as never })).toThrow(OptionError);
    expect(() => exportNam({} as never)).toThrow(OptionError);
    expect(() => exportNam(net, { metadata: { when: new Date(0) } })).toThrow(
      new OptionError("exportNam: metadata must be JSON, got Date"),
    );
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(() => exportNam(net, { metadata: cyclic })).toThrow(OptionError);
    expect(() => new NamWaveNet({ layers: [], head_scale: 1 })).toThrow(
      new OptionError("NamWaveNet: config.layers is empty"),
    );
    expect(() => new NamWaveNet(small.gated!.config, { sampleRate: 0 })).toThrow(OptionError);
  });
});

describe("containers", () => {
  const container = (...submodels: unknown[]) => ({
    version: "0.7.0",
    architecture: "SlimmableContainer",
    config: { submodels },
    weights: [],
  });

  test("give the largest of their models", () => {
    const net = read(container({ max_value: 1, model: at("gated") }, { max_value: 0.5, model: at("plain") }));
    expect(net.receptiveField).toBe(5);
  });

  test("say what is true of all their models", () => {
    const inner = { ...at("gated"), metadata: { loudness: -20 }, sample_rate: undefined };
    const outer = {
      ...container({ max_value: 1, model: inner }),
      metadata: { name: "Amp", loudness: 0 },
      sample_rate: 44100,
    };
    const net = read(outer);
    expect(net.sampleRate).toBe(44100);
    expect(net.metadata).toEqual(
      new Map<string, unknown>([
        ["name", "Amp"],
        ["loudness", -20],
      ]),
    );
  });

  test("empty ones, and too deep ones, are refused", () => {
    expect(() => read(container())).toThrow(new FormatError("importNam: config.submodels is empty"));
    let deep: unknown = at("gated");
    for (let i = 0; i < 6; i++) deep = container({ max_value: 1, model: deep });
    expect(() => read(deep)).toThrow(FormatError);
  });
});

describe("what is refused", () => {
  const file = at("plain");
  const array = file.config as unknown as { layers: NamLayerArrayConfig[] };
  const changed = (change: object) => ({
    ...file,
    config: { ...file.config, layers: [{ ...array.layers[0], ...change }, array.layers[1]] },
  });

  test.each([
    [{ ...file, weights: random(130) }, "the file has 130 weights, its layers take 131"],
    [model(published("standard"), random(13801)), "the file has 13,801 weights, its layers take 13,802"],
    [{ ...file, weights: [...random(130), "0"] }, 'weights[130] must be a finite number, got "0"'],
    [{ ...file, weights: [...random(130), 1e39] }, "weights[130] must be a finite number, got 1e+39"],
    [
      { ...file, architecture: "LSTM" },
      'the architecture is "LSTM"; only "WaveNet" is read here, also in a "SlimmableContainer"',
    ],
    [{ ...file, version: "0.8.0" }, "the file is of version 0.8.0; read are versions 0.5.0 to 0.7"],
    [{ ...file, version: "0.4.9" }, "the file is of version 0.4.9; read are versions 0.5.0 to 0.7"],
    [{ ...file, version: 5 }, "the model.version must be a string, got 5"],
    [{ ...file, version: "0.5" }, 'the version is "0.5", not such as "0.5.4"'],
    [{ ...file, sample_rate: -1 }, "sample_rate is -1"],
    [{ ...file, metadata: [] }, "metadata must be an object, got []"],
    [{ ...file, config: null }, "config must be an object, got undefined"],
    [
      { ...file, config: { ...file.config, condition_dsp: file } },
      "config.condition_dsp, a model that makes the condition, is not read here",
    ],
    [{ ...file, config: { ...file.config, parametric: {} } }, "config.parametric is not known here"],
    [changed({ gating: "none" }), "config.layers[0].gating is not known here"],
    [changed({ gating_mode: "soft" }), 'config.layers[0].gating_mode must be "none", "gated" or "blended", got "soft"'],
    [changed({ gating_mode: ["none"] }), "config.layers[0].gating_mode has 1 elements for 2 layers, one per dilation"],
    [changed({ kernel_sizes: [3, 3] }), "config.layers[0].kernel_sizes is given, and kernel_size is given, too"],
    [
      changed({ activation: "Mish" }),
      'config.layers[0].activation[0] is "Mish", which is not known here; known are Tanh, Fasttanh, Hardtanh, LeakyHardtanh, LeakyHardTanh, ReLU, LeakyReLU, PReLU, Sigmoid, SiLU, Hardswish, Softsign',
    ],
    [changed({ activation: { type: "Tanh", gain: 2 } }), "config.layers[0].activation[0].gain is not known here"],
    [
      changed({ activation: { type: "Softsign", alpha: 2 } }),
      "config.layers[0].activation[0].alpha is 2, but players of NAM take it for 1",
    ],
    [
      changed({ activation: { type: "PReLU", negative_slopes: [1] } }),
      "config.layers[0].activation[0].negative_slopes has 1 slopes for 3 channels",
    ],
    [changed({ channels: 0 }), "config.layers[0].channels must be an integer in 1..16777216, got 0"],
    [changed({ channels: 1e9 }), "config.layers[0].channels must be an integer in 1..16777216, got 1000000000"],
    [
      changed({ channels: 2 ** 24 }),
      "config.layers[1].input_size is 3, but 16777216 channels come from the array before",
    ],
    [changed({ input_size: 2 }), "config.layers[0].input_size is 2, but 1 signal comes in"],
    [changed({ condition_size: 2 }), "config.layers[0].condition_size is 2, but the condition is the signal alone"],
    [
      changed({ head_size: 3 }),
      "config.layers[1] adds up 2 channels for the head, but 3 come from the head of the array before",
    ],
    [changed({ dilations: [] }), "config.layers[0].dilations has 0 layers, not 1..1000"],
    [changed({ dilations: [1, 2 ** 24] }), "the layers see 33554451 samples, more than 16777216"],
    [changed({ dilations: new Array(1001).fill(1) }), "config.layers[0].dilations has 1001 layers, not 1..1000"],
    [changed({ groups_input: 2 }), "config.layers[0].groups_input: 3 channels cannot be split into 2 groups"],
    [
      changed({ layer1x1: { active: false } }),
      "config.layers[0].layer1x1 is not active, which the trainer and the players of NAM take differently",
    ],
    [
      changed({ layer1x1_post_film: { active: true } }),
      'config.layers[0].layer1x1_post_film is active, which players of NAM leave out unless the layer is "blended"',
    ],
    [
      changed({ head1x1_post_film: { active: true } }),
      "config.layers[0].head1x1_post_film is active, but head1x1 is not",
    ],
    [
      changed({ slimmable: { method: "slice_channels_uniform" } }),
      "config.layers[0].slimmable, of models with several widths, is not read here",
    ],
  ])("%#", (value, problem) => {
    expect(() => read(value)).toThrow(new FormatError(`importNam: ${problem}`));
  });

  test("sizes that would take gigabytes, without taking them", () => {
    const layer = one({ channels: 2 ** 24, bottleneck: 2 ** 24, kernel_size: 2 ** 20 });
    expect(() => read(model({ layers: [layer], head_scale: 1 }, random(10)))).toThrow(
      /the file has 10 weights, its layers take [\d,e+]+/,
    );
  });

  test("what is no JSON, or names something twice", () => {
    for (const text of ["", "{", "[]", "null", '{"version": "0.5.4"', '{"version":"0.5.4","version":"0.5.4"}'])
      expect(() => importNam(bytesOf(text))).toThrow(FormatError);
    expect(() => importNam(Uint8Array.of(0xff, 0xfe, 0x7b))).toThrow(
      new FormatError("importNam: the file is not text in UTF-8, so it is no .nam file"),
    );
    expect(() => importNam("{}" as never)).toThrow(FormatError);
  });

  test("names that objects have of themselves", () => {
    const text = JSON.stringify({ ...file, metadata: 1 }).replace(
      '"metadata":1',
      '"metadata":{"__proto__":{"polluted":1}}',
    );
    const net = importNam(bytesOf(text));
    expect(net.metadata.get("__proto__")).toEqual(new Map([["polluted", 1]]));
    expect(new TextDecoder().decode(exportNam(net))).toContain('"metadata":{"__proto__":{"polluted":1}}');
    expect(() => read(changed({ activation: "constructor" }))).toThrow(FormatError);
  });

  test("every truncation and many a flipped byte: a network or a FormatError", () => {
    const bytes = bytesOf(at("gated"));
    for (let length = 0; length < bytes.length; length += 13)
      expect(() => importNam(bytes.subarray(0, length))).toThrow(FormatError);
    const places = random(400, 5).map((number) => Math.floor((number + 0.5) * bytes.length));
    for (const [i, place] of places.entries()) {
      const flipped = bytes.slice();
      flipped[place]! ^= 1 << (i % 8);
      try {
        importNam(flipped);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        expect(error).toBeInstanceOf(AtrousError);
      }
    }
  });
});

/** One layer of one channel. */
function one(change: object): NamLayerArrayConfig {
  return {
    input_size: 1,
    channels: 1,
    kernel_size: 1,
    dilations: [1],
    activation: "ReLU",
    head_size: 1,
    head_bias: false,
    ...change,
  } as NamLayerArrayConfig;
}

/** The shortest decimal of a float32. */
function short(value: number): number {
  for (let digits = 1; ; digits++)
    if (Math.fround(Number(value.toPrecision(digits))) === Math.fround(value)) return Number(value.toPrecision(digits));
}

function expectClose(actual: Float32Array, expected: readonly number[], tolerance = 1e-5): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(1, ...expected.map(Math.abs));
  for (const [i, value] of expected.entries())
    expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(tolerance * scale);
}
