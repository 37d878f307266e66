/** Files of earlier versions load, by every name and shape, and compute what they computed. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Tensor } from "atrous";
import {
  exportOnnx,
  importOnnx,
  readMindSpore,
  readNpz,
  readSafetensors,
  readTorch,
  writeMindSpore,
  writeNpz,
  writeSafetensors,
  writeTorch,
} from "atrous/io";
import { expect, test } from "vitest";
import { freeze, Network1 } from "./network.ts";

type Tensors = Map<string, Tensor>;

const file = (name: string): URL => new URL(name, import.meta.url);
const reading = (name: string): Uint8Array => readFileSync(file(name));

const writers: Readonly<Record<string, (tensors: Tensors) => Uint8Array>> = {
  "network1.safetensors": writeSafetensors,
  "network1.pt": writeTorch,
  "network1.ckpt": writeMindSpore,
  "network1.npz": writeNpz,
};

const readers: Readonly<Record<string, (bytes: Uint8Array) => Tensors>> = {
  "network1.safetensors": readSafetensors,
  "network1.pt": (bytes) => readTorch(bytes) as Tensors,
  "network1.ckpt": readMindSpore,
  "network1.npz": readNpz,
};

// ATROUS_FREEZE=1 npx vitest run test/frozen: only for a new file, never to make this test pass.
if (process.env.ATROUS_FREEZE) {
  const { net, x } = freeze();
  const tensors = new Map(net.stateDict()).set("the input", x).set("the output", net.forward(x).detach());
  for (const [name, write] of Object.entries(writers)) writeFileSync(file(name), write(tensors));
  writeFileSync(file("network1.onnx"), exportOnnx(net, [1, 2, 16]));
}

/** Input and output are taken out of the tensors. */
function takeSignals(tensors: Tensors): { x: Tensor; y: Tensor } {
  const [x, y] = ["the input", "the output"].map((name) => tensors.get(name)!);
  for (const name of ["the input", "the output"]) tensors.delete(name);
  return { x: x!, y: y! };
}

test.each(Object.entries(readers))("%s", (name, read) => {
  const tensors = read(reading(name));
  const { x, y } = takeSignals(tensors);
  const net = new Network1().eval();
  expect([...net.stateDict().keys()]).toEqual([...tensors.keys()]);
  net.loadStateDict(tensors);
  expect(net.forward(x).sub(y).abs().max().item()).toBeLessThan(2e-6);
});

test("network1.onnx", () => {
  const { x, y } = takeSignals(readSafetensors(reading("network1.safetensors")));
  expect(importOnnx(reading("network1.onnx")).forward(x).sub(y).abs().max().item()).toBeLessThan(2e-6);
});
