/** Networks as torch.onnx.export writes them: computed, trained, compiled, streamed, saved. */
import { readFileSync } from "node:fs";
import { compile, optim, type TypedArray, tensor } from "atrous";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { importOnnx } from "../../src/io/onnx/import/importOnnx.ts";
import { decodeModel } from "../../src/io/onnx/proto/index.ts";
import { inBlocks, signalOf, whole } from "../stream/blocks.ts";

interface Network {
  name: string;
  model: string;
  runs: { x: string; y: string; shapes: [number[], number[]] }[];
  gradients: Record<string, string>;
}
const text = readFileSync(new URL("fixtures/onnx/networks.json", import.meta.url), "utf8");
const networks = new Map((JSON.parse(text) as Network[]).map((each) => [each.name, each]));

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const floatsOf = (base64: string): Float32Array => new Float32Array(bytesOf(base64).buffer);
const fileOf = (name: string): Uint8Array => bytesOf(networks.get(name)!.model);

function expectNear(numbers: Iterable<number>, expected: Iterable<number>, tolerance = 5e-5): void {
  const [left, right] = [Array.from(numbers), Array.from(expected)];
  expect(left.length).toBe(right.length);
  const worst = Math.max(...left.map((number, i) => Math.abs(number - right[i]!)));
  expect(worst).toBeLessThan(tolerance);
}

describe.each([...networks.values()])("$name", ({ name, runs, gradients }) => {
  test("computes what torch does, at two lengths", () => {
    const net = importOnnx(fileOf(name));
    for (const { x, y, shapes } of runs) {
      const result = net.forward(tensor(floatsOf(x), { shape: shapes[0] }));
      expect(result.shape).toEqual(shapes[1]);
      expectNear(result.dataSync<Float32Array>(), floatsOf(y));
    }
  });

  test("compiles", () => {
    const { x, y, shapes } = runs[1]!;
    expectNear(compile(importOnnx(fileOf(name)), shapes[0])(floatsOf(x)), floatsOf(y));
  });

  test("has torch's gradients, and a step of training lowers the loss", () => {
    const net = importOnnx(fileOf(name));
    const { x, shapes } = runs[1]!;
    const loss = () => {
      const y = net.forward(tensor(floatsOf(x), { shape: shapes[0] }));
      return y.mul(y).mean();
    };
    const before = loss();
    before.backward();
    const named = new Map([...net.namedParameters()].map(([key, parameter]) => [key, parameter] as const));
    // torch's exporter brings the slope of a PReLU into its shape, which loses its name.
    const renamed = (key: string): string => (key === "slope.weight" ? "onnx::PRelu_42" : key);
    expect([...named.keys()].sort()).toEqual(Object.keys(gradients).map(renamed).sort());
    for (const [key, gradient] of Object.entries(gradients))
      expectNear(named.get(renamed(key))!.grad!.dataSync<Float32Array>(), floatsOf(gradient));
    new optim.SGD(net.parameters(), { lr: 0.01 }).step();
    expect(loss().item()).toBeLessThan(before.item());
  });

  test("streams with the bits of the whole signal", () => {
    const net = importOnnx(fileOf(name));
    const channels = net.inputs[0]!.shape![1] as number;
    const signal = signalOf(channels, 157);
    expect(inBlocks(stream(net, { channels }), signal, [1, 7, 0, 40, 3, 64])).toEqual(whole(net, signal));
  });

  test("has a state dict that goes in and out", () => {
    const [net, other] = [importOnnx(fileOf(name)), importOnnx(fileOf(name))];
    const state = new Map(Array.from(net.stateDict(), ([key, value]) => [key, value.mul(0.5)]));
    other.loadStateDict(state);
    expect([...other.stateDict().keys()]).toEqual([...net.stateDict().keys()]);
    for (const [key, value] of other.stateDict()) expect(value.dataSync()).toEqual(state.get(key)!.dataSync());
    const x = tensor(floatsOf(runs[0]!.x), { shape: runs[0]!.shapes[0] });
    expect(other.forward(x).dataSync()).not.toEqual(net.forward(x).dataSync());
    other.loadStateDict(net.stateDict());
    expect(other.forward(x).dataSync()).toEqual(net.forward(x).dataSync());
  });
});

test("the chain of nodes that torch writes for amounts of padding is folded", () => {
  const pad = decodeModel(fileOf("Reflected")).graph.nodes.find(({ opType }) => opType === "Pad")!;
  const amounts = importOnnx(fileOf("Reflected"), { outputs: [pad.inputs[1]!] });
  const { x, shapes } = networks.get("Reflected")!.runs[0]!;
  const result = amounts.forward(tensor(floatsOf(x), { shape: shapes[0] }));
  expect(Array.from(result.dataSync<TypedArray>(), Number)).toEqual([0, 0, 1, 0, 0, 2]);
  expect(result.op).toBeNull();
});
