/** `atrous apply` with models of others. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError, manualSeed, nn, rand, type Tensor, tensor } from "atrous";
import { exportNam, exportOnnx, NamWaveNet, readWav, writeNpz, writeTorch, writeWav } from "atrous/io";
import { beforeEach, describe, expect, test } from "vitest";
import { apply } from "../../src/cli/apply.ts";
import { asUser } from "./asUser.ts";

const RATE = 8000;
const user = asUser();
let signal: Float32Array;

beforeEach(() => {
  manualSeed(7);
  signal = rand([3001]).sub(0.5).dataSync();
  writeFileSync(path("in.wav"), writeWav({ sampleRate: RATE, channels: [signal] }, { encoding: "float32" }));
});

const path = (name: string): string => join(user.folder, name);

async function applied(model: Uint8Array, ...options: string[]): Promise<Float32Array> {
  writeFileSync(path("model"), model);
  await apply.run([path("model"), path("in.wav"), path("out.wav"), "--float", "--block", "700", ...options]);
  return readWav(readFileSync(path("out.wav"))).channels[0]!;
}

const whole = (net: nn.Module): Float32Array =>
  net
    .eval()
    .forward(tensor(signal).reshape([1, 1, -1]))
    .dataSync();

class Recurrent extends nn.Module {
  readonly lstm = new nn.LSTM(1, 3, { batchFirst: true });
  readonly linear = new nn.Linear(3, 1);

  override forward(x: Tensor): Tensor {
    return this.linear.forward(this.lstm.forward(x.transpose(1, 2))[0]).transpose(1, 2);
  }
}

describe("ONNX", () => {
  test("convolutions, at the rate of the metadata", async () => {
    const net = new nn.Sequential(new nn.Conv1d(1, 3, 5, { padding: "same" }), new nn.Tanh(), new nn.Conv1d(3, 1, 1));
    const bytes = exportOnnx(net, [1, 1, 100], { metadata: { sample_rate: String(RATE) } });
    expect(await applied(bytes)).toEqual(whole(net));
  });

  test("recurrences, at the rate of the option", async () => {
    const net = new Recurrent();
    expect(await applied(exportOnnx(net, [1, 1, 100]), "--rate", String(RATE))).toEqual(whole(net));
  });

  test.each<[string, () => nn.Module, number[], RegExp]>([
    [
      "that does not say its rate",
      () => new nn.Conv1d(1, 1, 1),
      [1, 1, 50],
      /model: the file does not say .*--rate HZ does/,
    ],
    [
      "of two channels",
      () => new nn.Conv1d(2, 2, 1),
      [1, 2, 50],
      /model: a recording goes through networks of one input/,
    ],
    ["that shortens", () => new nn.Conv1d(1, 1, 3), [1, 1, 50], /should make as many as it gets/],
  ])("a network %s is an error that says so", async (_, make, shape, message) => {
    await expect(applied(exportOnnx(make(), shape))).rejects.toThrow(message);
  });

  test("and so is one of a single length", async () => {
    const bytes = exportOnnx(new nn.Conv1d(1, 1, 1), [1, 1, 50], { dynamic: false });
    await expect(applied(bytes)).rejects.toThrow(/for signals of 50 samples alone/);
  });
});

test("models of the neural amp modeler, which say their rate", async () => {
  const layer = { input_size: 1, channels: 2, kernel_size: 3, dilations: [1, 2], activation: "Tanh" };
  const net = new NamWaveNet(
    { layers: [{ ...layer, head_size: 1, head_bias: true }], head_scale: 0.5 },
    { sampleRate: RATE },
  );
  expect(await applied(exportNam(net))).toEqual(whole(net));
  await expect(applied(exportNam(net), "--rate", "44100")).rejects.toThrow(
    /model is for 8000 Hz; --rate is for networks/,
  );
});

test("files that are no model say what they are instead", async () => {
  const models = 'a model is what "atrous train" wrote, an ONNX network, or a .nam';
  const weights = "has weights, but not the network that they are for";
  const state = { w: tensor([1]) };
  for (const [bytes, problem] of [
    [writeTorch(state), `the file (PyTorch) ${weights}`],
    [writeNpz(state), `the file (NumPy arrays) ${weights}`],
    [readFileSync(path("in.wav")), "the file is a recording"],
    [new Uint8Array(0), "the file is no model: it is empty"],
    [new TextEncoder().encode("hello"), "the file is no model: it has 5 bytes and starts with 68 65 6c 6c 6f"],
  ] as const)
    await expect(applied(bytes)).rejects.toThrow(new FormatError(`${path("model")}: ${problem}; ${models}`));
});
