/**
 * Damaged files: every reader gives a value or a FormatError, in a moment and within its memory, whatever is flipped or cut off.
 *
 * `ATROUS_FUZZ_FILES=2000 npx vitest run test/fuzz/files.test.ts` damages each file that often in both ways; `ATROUS_SEED=…` otherwise.
 */
import { readFileSync } from "node:fs";
import { FormatError, manualSeed, nn, tensor } from "atrous";
import {
  exportNam,
  exportOnnx,
  importNam,
  importOnnx,
  NamWaveNet,
  readMindSpore,
  readNpy,
  readNpz,
  readOnnxTensor,
  readSafetensors,
  readStateDict,
  readTorch,
  readWav,
  writeNpy,
  writeOnnxTensor,
  writeSafetensors,
  writeWav,
} from "atrous/io";
import { expect, test } from "vitest";
import { SEED, setting } from "../setting.ts";

const DAMAGES = setting("ATROUS_FUZZ_FILES", 150);

/** Milliseconds for one file, none of which is larger than 11 kB. */
const PATIENCE = 1000;
/** What a reader may allocate in arrays: four times the file, and room for its tables. */
const budget = (size: number): number => 4 * size + 2 ** 20;

const fixture = (path: string): Uint8Array => readFileSync(new URL(`../io/fixtures/${path}`, import.meta.url));

manualSeed(1);
const network = new nn.Sequential(
  new nn.Conv1d(2, 4, 3, { padding: 1, paddingMode: "reflect" }),
  new nn.BatchNorm1d(4),
  new nn.LeakyReLU(0.1),
  new nn.ConvTranspose1d(4, 2, 4, { stride: 2, padding: 1 }),
  new nn.MaxPool1d(2),
).eval();
const recurrent = new nn.LSTM(2, 3, { batchFirst: true });

const amplifier = new NamWaveNet({
  layers: [
    {
      ...{ input_size: 1, condition_size: 1, head_size: 1, channels: 2, kernel_size: 3, dilations: [1, 2] },
      ...{ activation: "Tanh", gated: false, head_bias: true },
    },
  ],
  head_scale: 0.02,
});

const files: readonly (readonly [name: string, bytes: Uint8Array, read: (bytes: Uint8Array) => unknown])[] = [
  ["torch/state.pt", fixture("torch/state.pt"), readTorch],
  ["torch/state-legacy.pt", fixture("torch/state-legacy.pt"), readTorch],
  ["torch/views.pt", fixture("torch/views.pt"), readTorch],
  ["torch/views-legacy.pt", fixture("torch/views-legacy.pt"), readTorch],
  ["torch/dtypes.pt", fixture("torch/dtypes.pt"), readTorch],
  ["torch/checkpoint.pt", fixture("torch/checkpoint.pt"), readTorch],
  ["torch/checkpoint-legacy.pt", fixture("torch/checkpoint-legacy.pt"), readTorch],
  ["torch/checkpoint-protocol4.pt", fixture("torch/checkpoint-protocol4.pt"), readTorch],
  ["torch/scripted.pt", fixture("torch/scripted.pt"), readTorch],
  ["torch/module.pt as a state dict", fixture("torch/state.pt"), (bytes) => readStateDict(bytes)],
  ["mindspore/network_crc.ckpt", fixture("mindspore/network_crc.ckpt"), readMindSpore],
  ["mindspore/network_sliced.ckpt", fixture("mindspore/network_sliced.ckpt"), readMindSpore],
  ["mindspore/types.ckpt as a state dict", fixture("mindspore/types.ckpt"), (bytes) => readStateDict(bytes)],
  ["numpy/stored.npz", fixture("numpy/stored.npz"), readNpz],
  ["numpy/compressed.npz", fixture("numpy/compressed.npz"), readNpz],
  ["an array", writeNpy(tensor([1, 2, 3, 4.5])), readNpy],
  ["a safetensors file", writeSafetensors(network.stateDict()), readSafetensors],
  ["one for R", writeSafetensors(network.stateDict(), { forR: true }), (bytes) => readStateDict(bytes)],
  ["onnx/messages.onnx", fixture("onnx/messages.onnx"), (bytes) => readStateDict(bytes)],
  [
    "an ONNX tensor",
    writeOnnxTensor(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    ),
    readOnnxTensor,
  ],
  ["an ONNX network", exportOnnx(network, [1, 2, 16]), importOnnx],
  ["a recurrent one", exportOnnx((x) => recurrent.forward(x)[0], [1, 8, 2]), importOnnx],
  ["an amplifier", exportNam(amplifier), importNam],
  ["a WAV file", writeWav({ sampleRate: 8000, channels: [new Float32Array(50)] }), readWav],
];

/** Numbers without end, from a seed (Mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Copies of a file with one to three bytes changed, then such that end early. */
function* damaged(bytes: Uint8Array, random: () => number): Generator<[what: string, bytes: Uint8Array]> {
  for (let i = 0; i < DAMAGES; i++) {
    const copy = new Uint8Array(bytes);
    const places = Array.from({ length: 1 + Math.floor(random() ** 4 * 3) }, () => Math.floor(random() * copy.length));
    for (const place of places) copy[place] = copy[place]! ^ (1 + Math.floor(random() * 255));
    yield [`bytes ${places.map((place) => `${place} = ${copy[place]}`).join(", ")}`, copy];
  }
  for (let i = 0; i < DAMAGES; i++) {
    const length = Math.floor(random() * bytes.length);
    yield [`the first ${length} bytes`, bytes.slice(0, length)];
  }
}

test.each(files)("%s", (_name, given, read) => {
  const bytes = new Uint8Array(given);
  read(bytes);
  const random = generator(SEED);
  for (const [what, copy] of damaged(bytes, random)) {
    const before = process.memoryUsage().arrayBuffers;
    const start = performance.now();
    try {
      read(copy);
    } catch (error) {
      if (!(error instanceof FormatError)) expect.fail(`${what}: ${(error as Error).stack}`);
    }
    const [time, memory] = [performance.now() - start, process.memoryUsage().arrayBuffers - before];
    if (time > PATIENCE) expect.fail(`${what}: took ${Math.round(time)} ms`);
    if (memory > budget(copy.length)) expect.fail(`${what}: allocated ${memory} bytes for a file of ${copy.length}`);
  }
});
