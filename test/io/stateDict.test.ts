import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import {
  AtrousError,
  F,
  FormatError,
  manualSeed,
  nn,
  OptionError,
  OptionTypeError,
  type Tensor,
  tensor,
  zeros,
} from "atrous";
import {
  exportNam,
  fileKind,
  NamWaveNet,
  readMindSpore,
  readNpy,
  readNpz,
  readSafetensors,
  readStateDict,
  readTorch,
  readWav,
  writeMindSpore,
  writeNpy,
  writeNpz,
  writeSafetensors,
  writeTorch,
  writeWav,
} from "atrous/io";
import { describe, expect, test } from "vitest";
import { archive, rebuild, storage, text } from "./fixtures/torch/byHand.ts";

const fixtures = join(import.meta.dirname, "fixtures");
const fixture = (path: string): Uint8Array => new Uint8Array(readFileSync(join(fixtures, path)));
const file = (name: string): Uint8Array => fixture(join("stateDict", name));
const results: Record<string, never[]> = JSON.parse(new TextDecoder().decode(file("results.json")));

/** The network of make.py. */
class Generator extends nn.Module {
  conv_pre = new nn.Conv1d(2, 4, 3);
  ups = [new nn.ConvTranspose1d(4, 3, 4, { stride: 2 })];
  conv_post = new nn.Conv1d(3, 1, 3);

  override forward(x: Tensor): Tensor {
    const wide = F.leakyRelu(this.conv_pre.forward(x), 0.1);
    const long = F.leakyRelu(this.ups[0]!.forward(wide), 0.1);
    return this.conv_post.forward(long).tanh();
  }
}

const x = tensor(results.x!, { shape: [1, 2, 9] });

function expectOutput(state: Map<string, Tensor>, name: string): void {
  const net = new Generator();
  net.loadStateDict(state);
  const y = net.forward(x).dataSync() as Float32Array;
  const expected = results[name]! as number[];
  expect(y.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(y[i]! - value)).toBeLessThanOrEqual(1e-6);
}

const PARTS = ["conv_pre", "ups.0", "conv_post"];
const NAMES = PARTS.flatMap((part) => [`${part}.weight`, `${part}.bias`]);

const plain = (state: ReadonlyMap<string, Tensor>) =>
  Array.from(state, ([name, t]) => [name, t.dtype, [...t.shape], Array.from(t.dataSync() as Float32Array)]);

describe("checkpoints of PyTorch: the network computes what PyTorch computed", () => {
  test.each<[name: string, prefix: string | undefined, what: string]>([
    ["hifigan.pt", undefined, "weight norm, under the key generator, beside a number"],
    ["both.pt", undefined, "generator, discriminator and an optimiser, in the worst order"],
    ["both.pt", "generator.", "by its key"],
    ["lightning.ckpt", undefined, "Lightning: state_dict, model., optimiser_states"],
    ["lightning.ckpt", "model", "by the beginning of its names"],
    ["lightning.ckpt", "state_dict.model", "by both"],
    ["parallel.pt", undefined, "DataParallel: module."],
    ["compiled.pt", undefined, "torch.compile of DataParallel: _orig_mod.module."],
    ["dims.pt", undefined, "weight norms along other axes, and of the whole"],
    ["parametrised.pt", undefined, "the newer names of weight norm"],
    ["parts.pt", "decoder", "one of two models"],
    ["parts.pt", "decoder.", "with a dot"],
  ])("%s, prefix %o: %s", (name, prefix, _what) => {
    const state = readStateDict(file(name), prefix === undefined ? {} : { prefix });
    expect([...state.keys()].sort()).toEqual(NAMES.toSorted());
    expectOutput(state, name);
  });

  test.each(["hifigan.pt", "both.pt", "dims.pt", "parametrised.pt"])(
    "%s: weights within 4 ulp of PyTorch's",
    (name) => {
      const state = readStateDict(file(name));
      for (const [i, part] of PARTS.entries()) {
        const weight = state.get(`${part}.weight`)!.dataSync() as Float32Array;
        const expected = results[`${name} weights`]![i]! as number[];
        for (const [j, value] of expected.entries())
          expect(Math.abs(weight[j]! - value)).toBeLessThanOrEqual(2 ** -21 * Math.abs(value));
      }
    },
  );

  test("another model of several", () => {
    const state = readStateDict(file("both.pt"), { prefix: "discriminator" });
    const generator = readStateDict(file("both.pt"));
    expect([...state.keys()]).toEqual(NAMES);
    expect(plain(state)).not.toEqual(plain(generator));
  });

  test("a part of a model", () => {
    const whole = readStateDict(file("hifigan.pt"));
    const part = readStateDict(file("hifigan.pt"), { prefix: "ups" });
    expect(plain(part)).toEqual([
      ["0.bias", "float32", [3], Array.from(whole.get("ups.0.bias")!.dataSync() as Float32Array)],
      ["0.weight", "float32", [4, 3, 4], Array.from(whole.get("ups.0.weight")!.dataSync() as Float32Array)],
    ]);
    expect([...readStateDict(file("parallel.pt"), { prefix: "conv_pre" }).keys()]).toEqual(["weight", "bias"]);
    expect([...readStateDict(file("compiled.pt"), { prefix: "_orig_mod.module.conv_pre." }).keys()]).toEqual([
      "weight",
      "bias",
    ]);
  });

  test("names as they are: prefix empty, weight norm left", () => {
    expect([...readStateDict(file("lightning.ckpt"), { prefix: "" }).keys()]).toEqual(
      NAMES.map((name) => `model.${name}`),
    );
    const apart = readStateDict(file("hifigan.pt"), { foldWeightNorm: false });
    expect([...apart.keys()]).toEqual(
      PARTS.flatMap((part) => [`${part}.bias`, `${part}.weight_g`, `${part}.weight_v`]),
    );
    const net = new Generator();
    for (const layer of [net.conv_pre, net.ups[0]!, net.conv_post]) nn.utils.weightNorm(layer);
    net.loadStateDict(apart);
    const expected = results["hifigan.pt"]! as number[];
    for (const [i, value] of (net.forward(x).dataSync() as Float32Array).entries())
      expect(Math.abs(value - expected[i]!)).toBeLessThanOrEqual(1e-6);
  });

  test("a module of TorchScript", () => {
    const state = readStateDict(fixture("torch/scripted.pt"));
    expect([...state.keys()].sort()).toEqual(["conv.bias", "conv.weight", "count", "scale"]);
    expect(state.get("conv.weight")!.shape).toEqual([4, 2, 3]);
    expect([...readStateDict(fixture("torch/scripted.pt"), { prefix: "conv" }).keys()].sort()).toEqual([
      "bias",
      "weight",
    ]);
  });

  test("modules that share a name of megabytes: it is not written a thousand times", () => {
    const tensors = Array.from({ length: 1000 }, (_, i) => `${text(`t${i}`)}h\x00`).join("");
    const inner = `}(${text("training")}\x88${tensors}u`;
    const outer = (name: string): string => `}(${text("training")}\x88${text(name)}${inner}u`;
    const bytes = (name: string): Uint8Array => archive(`${rebuild(storage())}q\x000${outer(name)}`);
    expect(readStateDict(bytes("part")).size).toBe(1000);
    expect(() => readStateDict(bytes("p".repeat(100_000)))).toThrow(
      new FormatError("readStateDict: the names of the modules' tensors have more than 4194304 characters"),
    );
  });

  test("a key of tuples of tuples, 2^40 by their paths, is not written into the message", () => {
    const bytes = archive(`})${"2\x86".repeat(40)}K\x01s`);
    expect(() => readStateDict(bytes)).toThrow(
      new FormatError("readStateDict: there is no one model in the file, which holds a list or tuple of 2 (a number)"),
    );
  });

  test("the same in the older file format", () => {
    const [older, newer] = ["torch/state-legacy.pt", "torch/state.pt"].map((name) =>
      plain(readStateDict(fixture(name))),
    );
    expect(older).toEqual(newer);
  });
});

describe("other formats", () => {
  manualSeed(1);
  const generator = new Generator();
  const state = generator.stateDict();

  test("safetensors, .npz and MindSpore give what was written", () => {
    for (const bytes of [writeSafetensors(state), writeNpz(state), writeMindSpore(state)])
      expect(plain(readStateDict(bytes))).toEqual(plain(state));
  });

  test("wrappers' names and weight norm in them", () => {
    const wrapped = new Generator();
    nn.utils.weightNorm(wrapped.conv_pre);
    const folded = plain(wrapped.stateDict()).length;
    const names = new Map(Array.from(wrapped.stateDict(), ([name, value]) => [`net.module.${name}`, value]));
    const read = readStateDict(writeSafetensors(names));
    expect(read.size).toBe(folded - 1);
    const copy = new Generator();
    copy.loadStateDict(read);
    const [expected, actual] = [wrapped, copy].map((net) => net.forward(x).dataSync() as Float32Array);
    for (const [i, value] of expected!.entries()) expect(Math.abs(actual![i]! - value)).toBeLessThanOrEqual(1e-6);
  });

  test("ONNX: the initializers, and what PyTorch computed with them", () => {
    expectOutput(readStateDict(file("model.onnx")), "model.onnx");
  });

  test("MindSpore's safetensors lose the axis that MindSpore adds, and optimisers are left out", () => {
    const stored = writeSafetensors(
      new Map([
        ["conv.weight", tensor([1, 2, 3, 4], { shape: [2, 1, 1, 2] })],
        ["moment1.conv.weight", tensor([0, 0, 0, 0], { shape: [2, 1, 1, 2] })],
        ["moment2.conv.weight", tensor([0, 0, 0, 0], { shape: [2, 1, 1, 2] })],
        ["moment1.own", tensor([1])],
        ["global_step", tensor([5])],
      ]),
      { metadata: { format: "ms" } },
    );
    expect(plain(readStateDict(stored))).toEqual([
      ["conv.weight", "float32", [2, 1, 2], [1, 2, 3, 4]],
      ["moment1.own", "float32", [1], [1]],
    ]);
  });

  test("a MindSpore checkpoint by MindSpore's rules", () => {
    const bytes = fixture("mindspore/network.ckpt");
    const all = readMindSpore(bytes);
    for (const [name, value] of readStateDict(bytes, { prefix: "" }))
      expect(value.toArray()).toEqual(all.get(name)!.toArray());
  });

  test(".npz of NumPy", () => {
    expect(plain(readStateDict(fixture("numpy/stored.npz")))).toEqual(plain(readNpz(fixture("numpy/stored.npz"))));
  });
});

describe("weight norm", () => {
  const fold = (tensors: Record<string, Tensor>) => plain(readStateDict(writeSafetensors(tensors), { prefix: "" }));
  const v = tensor([3, 4, 0, 5], { shape: [2, 1, 2] });

  test("by hand, in its place, also of other parameters, and of doubles", () => {
    const g = tensor([10, 1], { shape: [2, 1, 1] });
    expect(fold({ a: g, weight_g: g, weight_v: v, z: g }).map(([name]) => name)).toEqual(["a", "weight", "z"]);
    expect(fold({ weight_g: g, weight_v: v })).toEqual([["weight", "float32", [2, 1, 2], [6, 8, 0, 1]]]);
    expect(fold({ "l.weight_ih_l0_g": g, "l.weight_ih_l0_v": v })).toEqual([
      ["l.weight_ih_l0", "float32", [2, 1, 2], [6, 8, 0, 1]],
    ]);
    expect(
      fold({ "parametrizations.bias.original0": tensor(26), "parametrizations.bias.original1": tensor([5, 12]) }),
    ).toEqual([["bias", "float32", [2], [10, 24]]]);
    const double = { weight_g: g.to("float64"), weight_v: v.to("float64") };
    expect(fold(double)).toEqual([["weight", "float64", [2, 1, 2], [6, 8, 0, 1]]]);
  });

  test("a direction of length 0 gives NaN, as in PyTorch", () => {
    const [[, , , numbers]] = fold({ weight_g: tensor([[1]]), weight_v: tensor([[0]]) }) as [
      [string, string, number[], number[]],
    ];
    expect(numbers).toEqual([Number.NaN]);
  });

  test("what only looks like it stays", () => {
    const kept = [
      { weight_g: tensor([1, 2, 3]), weight_v: v },
      { weight_g: tensor([1, 2, 3], { shape: [3, 1, 1] }), weight_v: v },
      { weight_g: tensor([1, 2, 3, 4], { shape: [2, 1, 2] }), weight_v: v },
      { weight_g: tensor([1, 2], { shape: [2, 1, 1] }) },
      { weight: v, weight_g: tensor([1, 2], { shape: [2, 1, 1] }), weight_v: v },
      { map_g: tensor([1, 2], { shape: [2, 1, 1] }), map_v: v },
      { weight_orig: v, weight_u: v },
    ];
    for (const tensors of kept)
      expect(fold(tensors as Record<string, Tensor>)).toEqual(plain(new Map(Object.entries(tensors))));
  });
});

describe("what is refused", () => {
  const refuses = (bytes: Uint8Array, problem: string, options = {}) =>
    expect(() => readStateDict(bytes, options)).toThrow(new FormatError(`readStateDict: ${problem}`));

  test("files without a model say what there is", () => {
    refuses(
      file("optimiser.pt"),
      'there is no one model in the file, which holds "state" (a dict of 6), "param_groups" (a list of 1)',
    );
    refuses(
      file("parts.pt"),
      'there is no one model in the file, which holds "encoder" (a dict of 6), "decoder" (a dict of 6), "lr" (a number); the option prefix says which of them is the model',
    );
    refuses(fixture("torch/tensor.pt"), "the file holds a tensor of shape [5], no tensors under names");
  });

  test("a prefix that no name has", () => {
    refuses(file("hifigan.pt"), 'no name begins with "decoder."; names begin with "conv_pre.", "ups.", "conv_post."', {
      prefix: "decoder",
    });
    refuses(writeNpz({ a: tensor([1]) }), 'no name begins with "a.": names have no dots here', { prefix: "a" });
    const names = 'names begin with "conv_pre.", "ups.", "conv_post."';
    const passedOver = `; the key "optim_g" holds an optimiser's state, no model`;
    for (const prefix of ["optim_g", "optim_g.state"])
      refuses(file("both.pt"), `no name begins with "${prefix}."; ${names}${passedOver}`, { prefix });
    refuses(file("both.pt"), `no name begins with "optim."; ${names}`, { prefix: "optim" });
  });

  test("files of other kinds, with what they look like", () => {
    const kinds =
      "Read are files of PyTorch (.pt, .pth, .ckpt), safetensors, of MindSpore (.ckpt), NumPy (.npz) and ONNX";
    const text = (value: string) => new TextEncoder().encode(value);
    const unknown = (looks: string) => `the file is of no kind that is read here: ${looks}. ${kinds}`;
    refuses(new Uint8Array(0), unknown("it is empty"));
    refuses(
      text("<!DOCTYPE html>"),
      unknown("it looks like a web page, in the place of a file that was not downloaded"),
    );
    refuses(
      text("version https://git-lfs.github.com/spec/v1\n"),
      unknown("it looks like a pointer of Git LFS, in the place of a file that was not downloaded"),
    );
    refuses(Uint8Array.of(0x80, 4, 0x4e, 0x2e), unknown("it looks like a pickle, but not of torch.save"));
    refuses(Uint8Array.of(1, 2, 3), unknown("it has 3 bytes and starts with 01 02 03"));
    refuses(writeNpy(tensor([1])), "the file is one array without a name (.npy); readNpy reads it");
    refuses(
      writeWav({ sampleRate: 8000, channels: [new Float32Array(4)] }),
      "the file is a sound (.wav); readWav reads it",
    );
    refuses(
      text('{"architecture": "LSTM", "weights": []}'),
      "the file is of the neural amp modeler (.nam); importNam makes the network of it",
    );
    refuses(writeNpz({}), "there are no tensors in the file");
  });

  test("wrong arguments", () => {
    const bytes = file("hifigan.pt");
    expect(() => readStateDict(bytes, { prefix: 1 as never })).toThrow(
      new OptionTypeError("readStateDict: prefix must be a string, got 1"),
    );
    expect(() => readStateDict(bytes, { foldWeightNorm: 1 as never })).toThrow(OptionError);
    expect(() => readStateDict(bytes, { strict: true } as never)).toThrow(OptionError);
    expect(() => readStateDict("a" as never)).toThrow(FormatError);
  });

  test("truncations and flipped bytes end in a state dict or a FormatError", () => {
    const files = ["hifigan.pt", "lightning.ckpt", "model.onnx"].map(file);
    files.push(writeNpz({ weight_g: tensor([[1]]), weight_v: tensor([[2]]) }), fixture("mindspore/network.ckpt"));
    let state = 1;
    const next = (limit: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
    const attempt = (bytes: Uint8Array): void => {
      try {
        readStateDict(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(AtrousError);
        expect(error).toBeInstanceOf(FormatError);
      }
    };
    for (const bytes of files)
      for (let i = 0; i < 150; i++) {
        const changed = bytes.slice();
        changed[next(bytes.length)]! ^= 1 << next(8);
        attempt(changed);
        attempt(bytes.subarray(0, next(bytes.length)));
      }
  });
});

describe("fileKind", () => {
  const net = new NamWaveNet({
    layers: [
      {
        input_size: 1,
        channels: 1,
        kernel_size: 2,
        dilations: [1],
        activation: "Tanh",
        head_size: 1,
        head_bias: false,
      },
    ],
    head_scale: 1,
  });
  const state = { "conv.weight": tensor([1]) };

  test.each([
    ["safetensors", writeSafetensors(state)],
    ["npz", writeNpz(state)],
    ["npz", writeNpz({})],
    ["npy", writeNpy(tensor([1]))],
    ["mindspore", writeMindSpore(state)],
    ["mindspore", writeMindSpore(state, { crc: true })],
    ["onnx", file("model.onnx")],
    ["nam", exportNam(net)],
    ["wav", writeWav({ sampleRate: 8000, channels: [new Float32Array(4)] })],
  ])("%s", (kind, bytes) => {
    expect(fileKind(bytes)).toBe(kind);
  });

  test("every .pt is torch's, also cut short; every .npz NumPy's; every .ckpt is one", () => {
    for (const [folder, kind, ending] of [
      ["torch", "torch", ".pt"],
      ["numpy", "npz", ".npz"],
      ["mindspore", "mindspore", ".ckpt"],
      ["onnx", "onnx", ".onnx"],
    ] as const)
      for (const name of readdirSync(join(fixtures, folder)).filter((each) => each.endsWith(ending)))
        expect([name, fileKind(fixture(join(folder, name)))]).toEqual([name, kind]);
    expect(fileKind(file("hifigan.pt").subarray(0, 300))).toBe("torch");
    expect(fileKind(fixture("numpy/stored.npz").subarray(0, 100))).toBe("npz");
    // Within the first parameter, and within the graph.
    const checkpoint = writeMindSpore({ "conv.weight": zeros([40, 40, 9]) });
    for (const length of [30, 1000, checkpoint.length - 1]) {
      expect(fileKind(checkpoint.subarray(0, length))).toBe("mindspore");
      expect(() => readStateDict(checkpoint.subarray(0, length))).toThrow(FormatError);
    }
    expect(() => readStateDict(checkpoint.subarray(0, 1000))).toThrow(
      "readMindSpore: field 1 should have 57638 bytes, but 996 are left",
    );
    expect(fileKind(file("model.onnx").subarray(0, 300))).toBe("onnx");
    expect(fileKind(new TextEncoder().encode("\nA\n\n\nZ text that is no checkpoint"))).toBe(null);
  });

  test("an ONNX file whose fields are in another order", () => {
    const [version, graph] = [Uint8Array.of(0x08, 8), Uint8Array.of(0x3a, 2, 0x12, 0)];
    expect(fileKind(Uint8Array.of(...version, ...graph))).toBe("onnx");
    expect(fileKind(Uint8Array.of(...graph, ...version))).toBe("onnx");
    expect(fileKind(graph)).toBe(null);
  });

  test("nothing, and what is not bytes", () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0), new TextEncoder().encode("{}"), new Uint8Array(100)])
      expect(fileKind(bytes)).toBe(null);
    expect(() => fileKind([] as never)).toThrow(FormatError);
  });
});

describe("bytes of every make", () => {
  const state = new Map([["x", tensor([1, 2, 3])]]);
  const files: [name: string, read: (bytes: Uint8Array) => unknown, bytes: Uint8Array][] = [
    ["readSafetensors", readSafetensors, writeSafetensors(state)],
    ["readTorch", readTorch, writeTorch(state)],
    ["readMindSpore", readMindSpore, writeMindSpore(state)],
    ["readNpz", readNpz, writeNpz(state)],
    ["readNpy", (given) => new Map([["", readNpy(given)]]), writeNpy(state.get("x")!)],
    ["readStateDict", readStateDict, writeTorch(state)],
    ["fileKind", fileKind, writeTorch(state)],
    ["readWav", readWav, writeWav({ sampleRate: 8000, channels: [new Float32Array(3)] })],
  ];
  const seen = (value: unknown): unknown => (value instanceof Map ? plain(value as Map<string, Tensor>) : value);

  test.each(files)("%s", (name, read, bytes) => {
    const within = new Uint8Array(bytes.length + 5);
    within.set(bytes, 3);
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
    shared.set(bytes);
    // As in test runners that give every file its own globals.
    const Foreign = runInNewContext("Uint8Array") as Uint8ArrayConstructor;
    const ways = [Buffer.from(bytes), within.subarray(3, -2), shared, Foreign.from(bytes)];
    const expected = seen(read(bytes));
    for (const given of ways) expect(seen(read(given))).toEqual(expected);
    for (const given of [bytes.buffer, new DataView(bytes.buffer as ArrayBuffer), [...bytes], "a.pt", null, undefined])
      expect(() => read(given as never)).toThrow(new RegExp(`^(${name}|safetensors): expected a Uint8Array, got `));
    const moved = bytes.slice();
    structuredClone(moved.buffer, { transfer: [moved.buffer] });
    expect(() => read(moved)).toThrow("the bytes are not here any more: their buffer was transferred");
  });
});

test("names that UTF-8 cannot write would all become the same, and are refused", () => {
  const named = new Map([["a\ud83d", tensor([1])]]);
  for (const write of [writeSafetensors, writeTorch, writeNpz, writeMindSpore])
    expect(() => write(named)).toThrow(new OptionError(`${write.name}: the name "a\\ud83d" has half a surrogate pair`));
  const whole = new Map([["a\ud83d\ude00", tensor([1])]]);
  for (const write of [writeSafetensors, writeTorch, writeNpz, writeMindSpore])
    expect([...readStateDict(write(whole)).keys()]).toEqual(["a\ud83d\ude00"]);
});
