/** `atrous inspect` as a user runs it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError, manualSeed, nn, type Tensor, tensor } from "atrous";
import {
  exportNam,
  exportOnnx,
  NamWaveNet,
  writeNpy,
  writeNpz,
  writeSafetensors,
  writeTorch,
  writeWav,
} from "atrous/io";
import { describe, expect, test } from "vitest";
import { UsageError } from "../../src/cli/command.ts";
import { describe as describeValue, plainTree, tensorsWithin, treeLines } from "../../src/cli/inspect/checkpoint.ts";
import { jsonText } from "../../src/cli/inspect/json.ts";
import { statisticsOf } from "../../src/cli/inspect/statistics.ts";
import { table } from "../../src/cli/inspect/table.ts";
import { brief, elided, printable, withUnit } from "../../src/cli/inspect/words.ts";
import { inspect } from "../../src/cli/inspect.ts";
import type { TorchValue } from "../../src/io/torch/value.ts";
import { asUser } from "./asUser.ts";

const user = asUser();

/** Under a name that says nothing. */
async function inspected(bytes: Uint8Array, ...options: string[]): Promise<string> {
  user.printed = "";
  writeFileSync(join(user.folder, "file"), bytes);
  await inspect.run([join(user.folder, "file"), ...options]);
  return user.printed;
}

const parsed = async (bytes: Uint8Array, ...options: string[]) =>
  JSON.parse(await inspected(bytes, "--json", ...options));

const weights = { "a.weight": tensor([[1, 2, 3, 6]]), "b.bias": tensor([Number.NaN, -0.5, Number.POSITIVE_INFINITY]) };

describe("tensors", () => {
  test.each([
    ["safetensors", writeSafetensors(weights)],
    ["torch", writeTorch(weights)],
    ["npz", writeNpz(weights)],
  ])("of %s: shape, type, and what the numbers are like", async (kind, bytes) => {
    const { tensors, totals, ...rest } = await parsed(bytes);
    expect(rest).toMatchObject({ kind, size: bytes.length });
    expect(tensors).toEqual([
      { name: "a.weight", shape: [1, 4], dtype: "float32", elements: 4, ...figures(1, 6, 3, Math.sqrt(3.5)) },
      {
        name: "b.bias",
        shape: [3],
        dtype: "float32",
        elements: 3,
        ...figures(-0.5, -0.5, -0.5, 0),
        nan: 1,
        infinite: 1,
      },
    ]);
    expect(totals).toEqual({ tensors: 2, parameters: 7, bytes: 28 });
    const lines = (await inspected(bytes)).split("\n");
    expect(lines).toContain("name      shape   type     elements   min   max  mean    std  NaN  infinite");
    expect(lines).toContain("a.weight  [1, 4]  float32         4     1     6     3  1.871");
    expect(lines).toContain("b.bias    [3]     float32         3  −0.5  −0.5  −0.5      0    1         1");
    expect(lines).toContain("1 of 2 tensors holds NaN: b.bias");
    expect(lines).toContain("2 tensors, 7 parameters, 28 bytes");
  });

  const figures = (min: number, max: number, mean: number, std: number) => ({
    min,
    max,
    mean,
    std,
    nan: 0,
    infinite: 0,
  });

  test("metadata, a prefix, and names that would steer the terminal", async () => {
    const bytes = writeSafetensors({ "a\u001b[2J": tensor([1]), b: tensor([2]) }, { metadata: { origin: "here" } });
    expect(await inspected(bytes)).toContain("origin: here");
    expect(await inspected(bytes)).toContain("a\\u{1b}[2J");
    expect((await parsed(bytes, "--prefix", "b")).tensors.map(({ name }: { name: string }) => name)).toEqual(["b"]);
    await expect(inspected(bytes, "--prefix", "c")).rejects.toThrow(/file: no name begins with "c"/);
  });

  test("one array", async () => {
    expect((await parsed(writeNpy(tensor([[1], [5]])))).tensors).toMatchObject([{ shape: [2, 1], mean: 3, std: 2 }]);
  });
});

describe("statistics", () => {
  test("a mean far from zero costs no digits", () => {
    const numbers = Float64Array.from({ length: 100_000 }, (_, i) => 1e9 + (i % 2));
    expect(statisticsOf(numbers)).toMatchObject({ min: 1e9, max: 1e9 + 1, mean: 1e9 + 0.5, std: 0.5 });
  });

  test("odd numbers in one block of many leave the rest as it is", () => {
    const numbers = Float32Array.from({ length: 10_000 }, (_, i) => (i % 2 === 0 ? 1 : -1));
    const odd = numbers.slice();
    odd.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN], 5000);
    expect(statisticsOf(odd)).toEqual({ ...statisticsOf(numbers), nan: 2, infinite: 2 });
    expect(statisticsOf(numbers)).toEqual({ min: -1, max: 1, mean: 0, std: 1, nan: 0, infinite: 0 });
  });

  test("doubles whose squares overflow, integers beyond 2^53, and nothing at all", () => {
    expect(statisticsOf(Float64Array.of(1e200, -1e200))).toMatchObject({ mean: 0, std: 1e200 });
    expect(statisticsOf(BigInt64Array.of(2n ** 60n + 1n, 2n ** 60n + 3n))).toMatchObject({
      min: 2n ** 60n + 1n,
      std: 1,
    });
    expect(statisticsOf(new Float32Array(0))).toMatchObject({ min: null, max: null, mean: null, std: null });
    expect(statisticsOf(Float32Array.of(Number.NaN))).toMatchObject({ min: null, nan: 1 });
  });
});

describe("checkpoints", () => {
  const shared: TorchValue[] = [];
  const checkpoint: TorchValue = new Map<TorchValue, TorchValue>([
    ["model", new Map<TorchValue, TorchValue>([["w", tensor([1])]])],
    ["optimizer", new Map<TorchValue, TorchValue>([["state", new Map([[0, tensor([2])]])]])],
    ["epoch", 12],
    ["betas", [0.9, 0.999]],
    ["a", shared],
    ["b", shared],
  ]);

  test("tensors below their paths, and a tree of the rest", () => {
    expect(tensorsWithin(checkpoint).map(([path]) => path)).toEqual(["model.w", "optimizer.state.0"]);
    expect(treeLines(checkpoint)).toEqual([
      "model: dict of 1, 1 tensor",
      "optimizer: dict of 1",
      "  state: dict of 1, 1 tensor",
      "epoch: 12",
      "betas: [0.9, 0.999]",
      "a: []",
      "b: []",
    ]);
    expect(JSON.parse(jsonText(plainTree(checkpoint)))).toMatchObject({ epoch: 12, betas: [0.9, 0.999], model: {} });
    expect(describeValue(tensor([1, 2]))).toBe("tensor [2]");
  });

  test("lists that hold the next one twice have 2^60 paths, and are walked once", () => {
    let value: TorchValue = [tensor([1])];
    for (let i = 0; i < 60; i++) value = [value, value];
    expect(tensorsWithin(value)).toHaveLength(1);
    expect(treeLines(value).length).toBeLessThan(10);
    expect(jsonText(plainTree(value)).length).toBeLessThan(2000);
  });
});

describe("networks", () => {
  const network = () => {
    manualSeed(1);
    return new nn.Sequential(new nn.Conv1d(1, 4, 5), new nn.ReLU(), new nn.Conv1d(4, 1, 3, { dilation: 2 }));
  };

  test("ONNX without inputs, which is a file of numbers", async () => {
    const fixture = join(import.meta.dirname, "..", "io", "fixtures", "onnx", "external.onnx");
    await inspect.run([fixture, "--json"]);
    const { inputs, parameters, latency, receptiveField, multiplyAddsPerSample } = JSON.parse(user.printed);
    expect([inputs, parameters, latency, receptiveField, multiplyAddsPerSample]).toEqual([[], 0, null, null, 0]);
  });

  test("ONNX: layers, receptive field, latency, and the cost at the rate of the metadata", async () => {
    const bytes = exportOnnx(network(), [1, 1, 100], { metadata: { sample_rate: "16000" } });
    const found = await parsed(bytes, "--length", "108");
    expect(found.layers).toMatchObject([
      { operator: "Conv", parameters: 24, shape: [1, 4, 104], multiplyAdds: 104 * 20 },
      { operator: "Conv", parameters: 13, shape: [1, 1, 100], multiplyAdds: 100 * 12 },
    ]);
    expect(found).toMatchObject({ parameters: 37, receptiveField: 9, latency: 8, latencySeconds: 8 / 16000 });
    expect(found.multiplyAddsPerSecond).toBeCloseTo(((104 * 20 + 100 * 12) / 108) * 16000, 6);
    const text = await inspected(bytes, "--length", "108", "--rate", "8000");
    expect(text).toContain("input input: float32 [N, 1, L]");
    expect(text).toContain(
      "receptive field: 9 samples (1.13 ms)\nlatency: 8 samples (1 ms)\ncost: 243 kMAC/s at 8,000 Hz",
    );
  });

  test("without a rate the cost is that of a sample; a network of one length says so", async () => {
    const open = exportOnnx(network(), [1, 1, 100]);
    expect(await inspected(open)).toContain(
      "receptive field: 9 samples\nlatency: 8 samples\ncost: 32 multiply-adds per",
    );
    const only = exportOnnx(network(), [1, 1, 12], { dynamic: false });
    expect(await inspected(only)).toContain("the latency is not known: the network is for signals of 12 samples alone");
  });

  test("one that does not stream says why, without advice for programmers", async () => {
    class Mean extends nn.Module {
      override forward(x: Tensor): Tensor {
        return x.sub(x.mean(-1, { keepDim: true }));
      }
    }
    const text = await inspected(exportOnnx(new Mean(), [1, 1, 100]));
    expect(text).toContain("receptive field: the whole signal");
    expect(text).toMatch(/the latency is not known: /);
    expect(text).not.toContain("allowBuffering");
  });

  test("nam", async () => {
    manualSeed(2);
    const net = new NamWaveNet({
      layers: [
        {
          input_size: 1,
          channels: 2,
          kernel_size: 3,
          dilations: [1, 2],
          activation: "Tanh",
          head_size: 1,
          head_bias: true,
        },
      ],
      head_scale: 0.5,
    });
    const found = await parsed(exportNam(net));
    expect(found).toMatchObject({
      kind: "nam",
      architecture: "WaveNet",
      receptiveField: 7,
      latency: 0,
      sampleRate: 48000,
    });
    expect(found.weights).toBe(net.parameters().reduce((sum, { size }) => sum + size, 0) + 1);
  });

  test("recordings", async () => {
    const channels = [Float32Array.of(0.5, -0.5, 0.5, -0.5), Float32Array.of(0, 0, 0, 0)];
    const bytes = writeWav({ sampleRate: 8000, channels }, { encoding: "float32" });
    expect(await parsed(bytes)).toMatchObject({
      kind: "wav",
      sampleRate: 8000,
      length: 4,
      levels: [{ peak: 0.5, rms: 0.5 }, {}],
    });
    expect(await inspected(bytes)).toContain("channel 1: peak 0.5000 (-6.0 dBFS)");
  });
});

test("errors name the file", async () => {
  await expect(inspected(new TextEncoder().encode("GGUF...."))).rejects.toThrow(/file: the file is of no kind .* GGUF/);
  await expect(inspect.run([user.folder])).rejects.toThrow(new FormatError(`${user.folder} is a folder, not a file`));
  await expect(inspected(writeTorch(weights).subarray(0, 300))).rejects.toThrow(/file: readTorch: /);
  await expect(inspect.run([])).rejects.toThrow(UsageError);
  await expect(inspect.run(["a", "--length", "0"])).rejects.toThrow(/--length must be a number/);
  await expect(inspect.run([join(user.folder, "none")])).rejects.toThrow(/ENOENT/);
});

describe("words", () => {
  test("numbers and names", () => {
    expect([0.000123456, -12.3456, 7, 1.5e9, 123456.7, -0].map(brief)).toEqual([
      ...["0.0001235", "−12.35", "7", "1500000000", "123500", "0"],
    ]);
    expect([5, 999, 1234, 1_500_000].map(withUnit)).toEqual(["5 ", "999 ", "1.23 k", "1.5 M"]);
    expect(printable("a\u202eb\u0007é世")).toBe("a\\u{202e}b\\u{7}é世");
    expect(elided("encoder.blocks.12.weight", 11)).toBe("encod…eight");
    expect(jsonText({ a: Number.NaN, b: 2n ** 60n, c: new Map([["__proto__", [Number.NEGATIVE_INFINITY]]]) })).toBe(
      '{"a":"NaN","b":"1152921504606846976","c":{"__proto__":["-Infinity"]}}',
    );
  });

  test("tables fit: names lose their middle, and on narrow terminals each gets its own line", () => {
    const columns = [{ title: "name" }, { title: "shape" }, { title: "min", right: true }];
    const name = "encoder.blocks.12.attention.projection.weight";
    const rows = [[name, "[3, 4]", "−0.25"]];
    expect(table(columns, rows, 80)).toEqual([`${"name".padEnd(45)}  shape     min`, `${name}  [3, 4]  −0.25`]);
    for (const line of table(columns, rows, 45)) expect(line.length).toBeLessThanOrEqual(45);
    expect(table(columns, rows, 45)[1]).toMatch(/^encoder.*….*weight {2}\[3, 4\] {2}−0.25$/);
    expect(table(columns, rows, 24)).toEqual([elided(name, 24), "  shape [3, 4]", "  min −0.25"]);
  });
});
