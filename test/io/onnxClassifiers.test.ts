/** Classifiers as torch.onnx.export writes them: with statistics, pools and recurrences. */
import { readFileSync } from "node:fs";
import { compile, optim, type Tensor, tensor } from "atrous";
import { stream } from "atrous/stream";
import { describe, expect, test } from "vitest";
import { exportOnnx } from "../../src/io/onnx/export/exportOnnx.ts";
import { importOnnx } from "../../src/io/onnx/import/importOnnx.ts";
import { expectSameBits, inBlocks, signalOf, whole } from "../stream/blocks.ts";

interface Network {
  name: string;
  model: string;
  runs: { x: number[]; y: string; shape: number[] }[];
}
const networks = JSON.parse(
  readFileSync(new URL("fixtures/onnx/classifiers.json", import.meta.url), "utf8"),
) as Network[];

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const fileOf = (name: string): Uint8Array => bytesOf(networks.find((network) => network.name === name)!.model);

/** The same numbers as in the script. */
function signal(shape: readonly number[]): Tensor {
  const count = shape.reduce((a, b) => a * b);
  return tensor(
    Float32Array.from({ length: count }, (_, i) => ((i * 7919) % 1021) / 512 - 1),
    { shape },
  );
}

function expectNear(numbers: Iterable<number>, expected: Iterable<number>): void {
  const [left, right] = [Array.from(numbers), Array.from(expected)];
  expect(left.length).toBe(right.length);
  expect(Math.max(...left.map((number, i) => Math.abs(number - right[i]!)))).toBeLessThan(5e-5);
}

describe.each(networks)("$name", ({ name, model, runs }) => {
  const expected = runs.map(({ y }) => new Float32Array(bytesOf(y).buffer));

  test("computes what torch does, at two lengths", () => {
    const net = importOnnx(bytesOf(model));
    for (const [i, { x, shape }] of runs.entries()) {
      const y = net.forward(signal(x));
      expect(y.shape).toEqual(shape);
      expectNear(y.dataSync<Float32Array>(), expected[i]!);
    }
  });

  test("compiles", () => {
    const { x } = runs[1]!;
    expectNear(compile(importOnnx(bytesOf(model)), x)(signal(x).dataSync()), expected[1]!);
  });

  test("goes out and comes in again", () => {
    const again = importOnnx(exportOnnx(importOnnx(bytesOf(model)), runs[0]!.x, { dynamic: false }));
    expectNear(again.forward(signal(runs[0]!.x)).dataSync<Float32Array>(), expected[0]!);
  });

  test("keeps its statistics and trains its weights", () => {
    const net = importOnnx(bytesOf(model));
    const before = new Map(Array.from(net.namedBuffers(), ([name, buffer]) => [name, buffer.dataSync()]));
    // With opset 17 they have become a part of the convolutions in front.
    expect(before.size).toBe({ "CRNN 13": 4, "M5 13": 8 }[name] ?? 0);
    const loss = (): Tensor => {
      const y = net.forward(signal(runs[0]!.x));
      return y.mul(y).mean();
    };
    const first = loss();
    first.backward();
    for (const [name, parameter] of net.namedParameters()) expect(parameter.grad, name).not.toBeNull();
    new optim.SGD(net.parameters(), { lr: 0.01 }).step();
    expect(loss().item()).toBeLessThan(first.item());
    for (const [name, buffer] of net.namedBuffers()) expect(buffer.dataSync()).toEqual(before.get(name));
  });
});

test("recurrences that run forward stream with the bits of the whole signal", () => {
  const net = importOnnx(fileOf("Tagger 17"));
  const x = signalOf(2, 157);
  expectSameBits(inBlocks(stream(net, { channels: 2 }), x, [1, 7, 0, 40, 3, 64]), whole(net, x), "Tagger");
});

test("recurrences in both directions do not", () => {
  expect(() => stream(importOnnx(fileOf("CRNN 17")), { channels: 2 })).toThrow(/backwards, from its end/);
});
