/** ONNX files written by hand: a few nodes over one input "x". */
import { type Tensor, tensor } from "atrous";
import { encodeModel, type OnnxAttribute, type OnnxNode } from "../../src/io/onnx/proto/index.ts";

export type Attributes = Record<string, OnnxAttribute>;
/** The name of a value, an initializer, or nothing. */
export type Input = string | Tensor | null;
/** Operator, inputs, attributes, and the names of its outputs ("y" by default). */
export type Node = readonly [opType: string, inputs: readonly Input[], attributes?: Attributes, outputs?: string[]];

/** A file of these nodes, whose input is (1, 3, 8) unless told otherwise. */
export function file(
  nodes: readonly Node[],
  { opset = 17, shape = [1, 3, 8] as (number | string)[], outputs = ["y"] } = {},
) {
  const initializers = new Map<string, Tensor>();
  const written = nodes.map(([opType, inputs, attributes = {}, made = ["y"]], n): OnnxNode => {
    const names = inputs.map((input, i) => {
      if (input === null || typeof input === "string") return input ?? "";
      initializers.set(`w${n}.${i}`, input);
      return `w${n}.${i}`;
    });
    const map = new Map(Object.entries(attributes));
    return { opType, domain: "", name: "n", inputs: names, outputs: made, attributes: map };
  });
  const graph = {
    ...{ name: "g", nodes: written, initializers },
    inputs: [{ name: "x", dtype: "float32" as const, shape }],
    outputs: outputs.map((name) => ({ name, dtype: null, shape: null })),
  };
  return encodeModel({ irVersion: 8, producer: "", opsets: new Map([["", opset]]), graph, metadata: new Map() });
}

export const ints = (...numbers: number[]): Tensor =>
  tensor(BigInt64Array.from(numbers, BigInt), { shape: [numbers.length] });
export const floats = (...numbers: number[]): Tensor => tensor(Float32Array.from(numbers), { shape: [numbers.length] });
export const float = (number: number): Tensor => tensor(Float32Array.of(number), { shape: [] });
