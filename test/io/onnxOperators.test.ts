/** Every operator that is read, as onnxruntime computes it. */
import { readFileSync } from "node:fs";
import { type Tensor, type TypedArray, tensor } from "atrous";
import { importOnnx } from "atrous/io";
import { describe, expect, test } from "vitest";
import { operators } from "../../src/io/onnx/import/operators/index.ts";

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

const fixtures = ["elementary", "layers"].map((name) => new URL(`fixtures/onnx/${name}.json`, import.meta.url));
const cases = fixtures.flatMap((fixture) => JSON.parse(readFileSync(fixture, "utf8")) as Case[]);
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
    const covered = new Set(cases.map(({ op }) => op));
    expect(Object.keys(operators).filter((op) => !covered.has(op))).toEqual([]);
  });
});
