/** Operators about shapes, places, types, and single elements, as onnxruntime computes them. */
import { readFileSync } from "node:fs";
import { type Tensor, type TypedArray, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import { importOnnx } from "../../src/io/onnx/import/importOnnx.ts";
import { activations } from "../../src/io/onnx/import/operators/activations.ts";
import { arithmetic } from "../../src/io/onnx/import/operators/arithmetic.ts";
import { assembly } from "../../src/io/onnx/import/operators/assembly.ts";
import { bounds } from "../../src/io/onnx/import/operators/bounds.ts";
import { constants } from "../../src/io/onnx/import/operators/constants.ts";
import { logic } from "../../src/io/onnx/import/operators/logic.ts";
import { shapes } from "../../src/io/onnx/import/operators/shapes.ts";
import { slices } from "../../src/io/onnx/import/operators/slices.ts";
import { types } from "../../src/io/onnx/import/operators/types.ts";

type DType = "float32" | "float64" | "int32" | "int64" | "bool" | "uint8";
interface Stored {
  dtype: DType;
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

const text = readFileSync(new URL("fixtures/onnx/elementary.json", import.meta.url), "utf8");
const cases = JSON.parse(text) as Case[];
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));

function numbersOf({ dtype, data }: Stored): TypedArray {
  const bytes = bytesOf(data);
  if (dtype === "bool" || dtype === "uint8") return Int32Array.from(bytes);
  const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, int64: BigInt64Array };
  return new arrays[dtype](bytes.buffer as ArrayBuffer);
}
const tensorOf = (stored: Stored): Tensor => tensor(numbersOf(stored), { shape: stored.shape });

describe("as onnxruntime", () => {
  test.each(cases.map((each) => [`${each.op}: ${each.name}`, each] as const))("%s", (_, { model, inputs, outputs }) => {
    const network = importOnnx<Tensor | Tensor[]>(bytesOf(model));
    const results = [network.forward(...(Object.values(inputs).map(tensorOf) as [Tensor]))].flat();
    expect(results.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
    for (const [i, result] of results.entries()) {
      const expected = Array.from<number | bigint, number>(numbersOf(outputs[i]!), Number);
      const numbers = Array.from(result.dataSync<TypedArray>() as Iterable<number | bigint>, Number);
      const whole = !outputs[i]!.dtype.startsWith("float");
      const tolerance = whole ? 0 : 1e-5 * Math.max(...expected.map(Math.abs));
      for (const [at, number] of numbers.entries())
        expect(Math.abs(number - expected[at]!), `${number} for ${expected[at]} at ${at}`).toBeLessThanOrEqual(
          tolerance,
        );
      // Bools are 0 and 1 in any type.
      if (outputs[i]!.dtype !== "bool" && outputs[i]!.dtype !== "uint8") expect(result.dtype).toBe(outputs[i]!.dtype);
    }
  });

  test("every operator has a case", () => {
    const tables = { ...activations, ...arithmetic, ...assembly, ...bounds, ...constants, ...logic, ...shapes };
    const covered = new Set(cases.map(({ op }) => op));
    expect(Object.keys({ ...tables, ...slices, ...types }).filter((op) => !covered.has(op))).toEqual([]);
  });
});
