/** `atrous convert`: whatever way a state dict goes, it arrives as it was. */
import { existsSync, linkSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manualSeed, nn, rand, type Tensor, tensor } from "atrous";
import {
  exportNam,
  exportOnnx,
  fileDType,
  importNam,
  importOnnx,
  NamWaveNet,
  readNpy,
  readNpz,
  readSafetensors,
  readSafetensorsMetadata,
  readStateDict,
  writeSafetensors,
  writeWav,
} from "atrous/io";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/cli/command.ts";
import { convert } from "../../src/cli/convert.ts";
import { writeBytes } from "../../src/cli/files/writeBytes.ts";
import { storedTensor } from "../../src/io/bytes/elements.ts";
import { asUser } from "./asUser.ts";

const user = asUser();

const path = (name: string): string => join(user.folder, name);
const convertTo = (from: string, to: string, ...options: string[]) => convert.run([path(from), path(to), ...options]);
const contents = (tensors: ReadonlyMap<string, Tensor>) =>
  Array.from(tensors, ([name, each]) => [name, fileDType(each), each.shape, each.dataSync()]);

const state = (): Map<string, Tensor> =>
  new Map([
    ["module.conv.weight", tensor([[[0.1, -0, Number.NaN]], [[1e-45, Number.POSITIVE_INFINITY, 3]]])],
    ["module.conv.bias", storedTensor("float16", Float32Array.of(0.5, -65504), [2])],
    ["module.norm.weight", tensor([1, 2], { dtype: "float64" })],
    ["module.norm.bias", tensor([3, 4], { dtype: "float64" })],
    ["module.norm.running_mean", tensor([0, 1], { dtype: "float64" })],
    ["module.norm.running_var", tensor([1, 1], { dtype: "float64" })],
    ["module.norm.num_batches_tracked", storedTensor("int64", BigInt64Array.of(2n ** 62n), [])],
    ["module.mask", storedTensor("bool", Int32Array.of(1, 0), [2])],
  ]);

describe("a state dict", () => {
  test("goes from format to format and comes back, bit for bit", async () => {
    writeFileSync(path("0.safetensors"), writeSafetensors(state()));
    const way = ["0.safetensors", "1.pt", "2.ckpt", "3.npz", "4.pth", "5.SAFETENSORS"];
    for (const [i, to] of way.slice(1).entries()) await convertTo(way[i]!, to);
    expect(contents(readSafetensors(readFileSync(path("5.SAFETENSORS"))))).toEqual(
      contents(readSafetensors(readFileSync(path("0.safetensors")))),
    );
    expect(user.warned).toBe("");
    expect(readdirSync(user.folder).sort()).toEqual(way.toSorted());
    expect(user.printed.split("\n")[0]).toMatch(/1\.pt: 8 tensors, [\d,]+ bytes in, [\d,]+ bytes out$/);
  });

  test("says what is widened, and what has no place", async () => {
    const brain = new Map([["w", storedTensor("bfloat16", Float32Array.of(1.5), [1])]]);
    writeFileSync(path("a.safetensors"), writeSafetensors(brain, { metadata: { origin: "here" } }));
    await convertTo("a.safetensors", "a.npz", "--json");
    expect(JSON.parse(user.printed)).toMatchObject({ tensors: 1, bytesOut: readFileSync(path("a.npz")).length });
    expect(user.warned).toBe(
      "bfloat16 is written as float32: the format has no bfloat16\nleft out: the metadata, for which the format has no place\n",
    );
    await convertTo("a.safetensors", "b.safetensors");
    expect(readSafetensorsMetadata(readFileSync(path("b.safetensors")))).toEqual({ origin: "here" });
  });

  test("out of a checkpoint, with one line about the rest; a part of it; and folded", async () => {
    const checkpoint = join(import.meta.dirname, "../io/fixtures/torch/checkpoint.pt");
    await convert.run([checkpoint, path("a.npz")]);
    expect(user.warned).toMatch(/^left out: optimizer \(dict of 2\), epoch \(7\), .*\n$/);
    expect([...readNpz(readFileSync(path("a.npz"))).keys()]).toContain("model.0.weight".slice("model.".length));
    await convertTo("a.npz", "b.npz", "--prefix", "0");
    expect([...readNpz(readFileSync(path("b.npz"))).keys()]).toEqual(["weight", "bias"]);
    writeFileSync(path("s.safetensors"), writeSafetensors(state()));
    await convertTo("s.safetensors", "folded.pt", "--fold");
    expect([...readStateDict(readFileSync(path("folded.pt")), { prefix: "" }).keys()]).toContain("conv.weight");
  });

  test("weight norm is folded when asked", async () => {
    const net = new nn.Sequential(nn.utils.weightNorm(new nn.Conv1d(2, 3, 4)));
    writeFileSync(path("a.safetensors"), writeSafetensors(net.stateDict()));
    await convertTo("a.safetensors", "plain.npz");
    await convertTo("a.safetensors", "folded.npz", "--fold");
    expect([...readNpz(readFileSync(path("plain.npz"))).keys()].sort()).toEqual(["0.bias", "0.weight_g", "0.weight_v"]);
    expect([...readNpz(readFileSync(path("folded.npz"))).keys()].sort()).toEqual(["0.bias", "0.weight"]);
  });

  test("options of formats arrive", async () => {
    writeFileSync(path("a.safetensors"), writeSafetensors({ "c.weight": rand([2, 3, 4]) }));
    await convertTo("a.safetensors", "r.safetensors", "--for-r");
    expect(readSafetensorsMetadata(readFileSync(path("r.safetensors"))).__r__).toBe("{}");
    await convertTo("a.safetensors", "crc.ckpt", "--crc", "--layers", "mint");
    await convertTo("a.safetensors", "plain.ckpt", "--layers", "mint");
    expect(readFileSync(path("crc.ckpt")).length).toBe(readFileSync(path("plain.ckpt")).length + 17);
  });

  test("one tensor is an .npy", async () => {
    writeFileSync(path("a.safetensors"), writeSafetensors({ a: tensor([1, 2]), "b.c": tensor([3]) }));
    await expect(convertTo("a.safetensors", "a.npy")).rejects.toThrow(/holds exactly one tensor, and there are 2/);
    await convertTo("a.safetensors", "a.npy", "--prefix", "b");
    expect(readNpy(readFileSync(path("a.npy"))).toArray()).toEqual([3]);
    await convertTo("a.npy", "a.npz");
    expect([...readNpz(readFileSync(path("a.npz"))).keys()]).toEqual(["arr_0"]);
  });
});

describe("a network", () => {
  test("from ONNX to ONNX and to its weights", async () => {
    manualSeed(1);
    const net = new nn.Sequential(new nn.Conv1d(2, 3, 5), new nn.Tanh());
    writeFileSync(path("a.onnx"), exportOnnx(net, [1, 2, 50], { metadata: { sample_rate: "16000" } }));
    await convertTo("a.onnx", "b.onnx");
    const again = importOnnx(readFileSync(path("b.onnx")));
    const x = rand([2, 2, 33]);
    expect(again.forward(x).dataSync()).toEqual(net.forward(x).dataSync());
    expect(again.metadata.get("sample_rate")).toBe("16000");
    expect(again.inputs[0]!.shape).toEqual(["N", 2, "L"]);
    await convertTo("a.onnx", "a.safetensors");
    expect(contents(readSafetensors(readFileSync(path("a.safetensors"))))).toEqual(contents(net.stateDict()));
  });

  test("from nam to nam, to ONNX and to its weights", async () => {
    manualSeed(2);
    const layer = { input_size: 1, channels: 2, kernel_size: 3, dilations: [1, 2], activation: "Tanh" };
    const net = new NamWaveNet({ layers: [{ ...layer, head_size: 1, head_bias: true }], head_scale: 0.5 });
    writeFileSync(path("a.nam"), exportNam(net));
    await convertTo("a.nam", "b.nam");
    expect(readFileSync(path("b.nam")).equals(readFileSync(path("a.nam")))).toBe(true);
    await convertTo("a.nam", "a.onnx", "--shape", "1,1,64");
    const x = rand([1, 1, 40]);
    expect(
      importOnnx(readFileSync(path("a.onnx")))
        .forward(x)
        .dataSync(),
    ).toEqual(
      importNam(readFileSync(path("a.nam")))
        .eval()
        .forward(x)
        .dataSync(),
    );
    await convertTo("a.nam", "a.pt");
    expect(contents(readStateDict(readFileSync(path("a.pt")), { prefix: "" }))).toEqual(contents(net.stateDict()));
  });
});

describe("refuses", () => {
  test("to write over a file, least of all the one it reads", async () => {
    writeFileSync(path("a.safetensors"), writeSafetensors({ a: tensor([1]) }));
    writeFileSync(path("b.npz"), "mine");
    linkSync(path("a.safetensors"), path("same.safetensors"));
    await expect(convertTo("a.safetensors", "b.npz")).rejects.toThrow(/b\.npz exists; --force replaces it/);
    expect(readFileSync(path("b.npz"), "utf8")).toBe("mine");
    await expect(convertTo("a.safetensors", "same.safetensors", "--force")).rejects.toThrow(/is the file that is read/);
    await convertTo("a.safetensors", "b.npz", "--force");
    expect([...readNpz(readFileSync(path("b.npz"))).keys()]).toEqual(["a"]);
  });

  test("what cannot be, and leaves nothing behind", async () => {
    writeFileSync(path("a.safetensors"), writeSafetensors({ a: tensor([1]) }));
    writeFileSync(path("a.wav"), writeWav({ sampleRate: 8000, channels: [new Float32Array(4)] }));
    await expect(convertTo("a.safetensors", "a.onnx")).rejects.toThrow(
      /a\.safetensors: an \.onnx file holds a network/,
    );
    await expect(convertTo("a.safetensors", "a.nam")).rejects.toThrow(/a \.nam file holds a network/);
    await expect(convertTo("a.wav", "a.npz")).rejects.toThrow(/a\.wav: convert: the file is a recording/);
    await expect(convertTo("a.safetensors", "x.npz", "--prefix", "z")).rejects.toThrow(/no name begins with "z\."/);
    expect(readdirSync(user.folder).sort()).toEqual(["a.safetensors", "a.wav"]);
    expect(existsSync(path("x.npz"))).toBe(false);
  });

  test("where nothing can be written, by the name that was given", () => {
    const target = path("no/x.npz");
    expect(() => writeBytes(target, new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: "ENOENT", path: target }),
    );
  });

  test.each([
    [["a.safetensors"], "convert needs exactly two files"],
    [["a.safetensors", "b.bin"], "must be one of .safetensors, .pt, .pth, .ckpt, .npz, .npy, .onnx, .nam"],
    [["a.safetensors", "b.npz", "--crc"], "--crc does not go with b.npz; it is for .ckpt files"],
    [["a.safetensors", "b.ckpt", "--layers", "keras"], "--layers must be nn or mint"],
    [["a.safetensors", "no/b.npz"], "there is no such folder"],
  ])("%j", async (args, message) => {
    await expect(convert.run(args)).rejects.toThrow(UsageError);
    await expect(convert.run(args)).rejects.toThrow(message);
  });
});
