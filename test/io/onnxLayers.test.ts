/** Layers, windows, reductions, padding, resampling and recurrences, as onnxruntime computes them. */
import { readFileSync } from "node:fs";
import { type Tensor, type TypedArray, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { importOnnx } from "../../src/io/onnx/import/importOnnx.ts";
import { linear } from "../../src/io/onnx/import/operators/linear.ts";
import { normalisation } from "../../src/io/onnx/import/operators/normalisation.ts";
import { padding } from "../../src/io/onnx/import/operators/padding.ts";
import { pooling } from "../../src/io/onnx/import/operators/pooling.ts";
import { recurrent } from "../../src/io/onnx/import/operators/recurrent.ts";
import { reduction } from "../../src/io/onnx/import/operators/reduction.ts";
import { resampling } from "../../src/io/onnx/import/operators/resampling.ts";

interface Stored {
  dtype: "float32" | "int32" | "int64";
  shape: number[];
  data: string;
}
interface Case {
  name: string;
  op: string;
  model: string;
  inputs: Record<string, Stored>;
  outputs: Stored[];
}

const text = readFileSync(new URL("fixtures/onnx/layers.json", import.meta.url), "utf8");
const cases = JSON.parse(text) as Case[];
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));
const arrays = { float32: Float32Array, int32: Int32Array, int64: BigInt64Array };
const tensorOf = ({ dtype, shape, data }: Stored): Tensor =>
  tensor(new arrays[dtype](bytesOf(data).buffer as ArrayBuffer), { shape });
const listOf = (x: Tensor): number[] =>
  Array.from<number | bigint, number>(x.dataSync<TypedArray>() as Iterable<number | bigint>, Number);

describe("as onnxruntime", () => {
  test.each(cases.map((each) => [`${each.op}: ${each.name}`, each] as const))("%s", (_, { model, inputs, outputs }) => {
    const network = importOnnx<Tensor | Tensor[]>(bytesOf(model));
    const results = [network.forward(...(Object.values(inputs).map(tensorOf) as [Tensor]))].flat();
    expect(results.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
    for (const [i, result] of results.entries()) {
      const expected = listOf(tensorOf(outputs[i]!));
      const tolerance = result.dtype === "float32" ? 1e-5 * Math.max(...expected.map(Math.abs)) : 0;
      for (const [at, number] of listOf(result).entries())
        expect(Math.abs(number - expected[at]!), `${number} for ${expected[at]} at ${at}`).toBeLessThanOrEqual(
          tolerance,
        );
      expect(result.dtype).toBe(outputs[i]!.dtype);
    }
  });

  test("every operator has a case", () => {
    const tables = { ...linear, ...normalisation, ...padding, ...pooling, ...recurrent, ...reduction, ...resampling };
    const covered = new Set(cases.map(({ op }) => op));
    expect(Object.keys(tables).filter((op) => !covered.has(op))).toEqual([]);
  });
});
