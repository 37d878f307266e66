import { readFileSync } from "node:fs";
import { gradients, type nn, type Tensor } from "atrous";
import type { FloatDType } from "../../src/core/dtype.ts";
import { decode, disagreement, type Encoded } from "./fixture.ts";

/** What all cases of recurrent.py have: outputs, cotangents, and the gradients of what was given. */
export interface Answers {
  readonly outputs: readonly Encoded[];
  readonly cotangents: readonly Encoded[];
  readonly gradients: readonly Encoded[];
}

export interface RecurrentCase extends Answers {
  readonly sizes: readonly [number, number];
  readonly options: Readonly<Record<string, unknown>>;
  readonly repr: string;
  readonly state: Readonly<Record<string, Encoded>>;
  readonly x: Encoded;
  readonly hidden: readonly Encoded[];
}

type Named = readonly (readonly [name: string, value: Encoded])[];

/** One kind of recurrence, as layer and as cell. */
interface Recurrence {
  readonly layer: readonly RecurrentCase[];
  readonly cell: readonly RecurrentCase[];
  readonly starts: Readonly<Record<"layer" | "withoutBias" | "cell", Named>>;
  readonly dropped: Pick<RecurrentCase, "state" | "x" | "outputs">;
}

export const oracle: {
  readonly LSTM: Recurrence;
  readonly GRU: Recurrence;
  readonly cumsum: readonly ({ readonly axis: number; readonly x: Encoded } & Answers)[];
  readonly cumulativeNorm: readonly ({
    readonly eps: number;
    readonly x: Encoded;
    readonly state: Readonly<Record<"weight" | "bias", Encoded>>;
  } & Answers)[];
} = JSON.parse(readFileSync(new URL("../oracle/recurrent.json", import.meta.url), "utf8"));

export const stateOf = (state: Readonly<Record<string, Encoded>>, dtype: FloatDType): Map<string, Tensor> =>
  new Map(Object.entries(state).map(([name, value]) => [name, decode(value, dtype)]));

/** What is not as PyTorch has it: outputs, then the gradients of their weighed sum. */
export function complaints(
  { outputs, cotangents, gradients: expected }: Answers,
  actual: readonly Tensor[],
  wrt: readonly Tensor[],
): string[] {
  const dtype = wrt[0]!.dtype as FloatDType;
  const loss = actual
    .map((y, i) => y.mul(decode(cotangents[i]!, dtype)).sum())
    .reduce((a: Tensor, b: Tensor) => a.add(b));
  const found = gradients(loss, wrt);
  return [
    ...outputs.map((y, i) => disagreement(`output ${i}`, actual[i]!, y)),
    ...expected.map((g, i) => disagreement(`gradient ${i}`, found[i]!, g)),
  ].filter((complaint) => complaint !== undefined);
}

/** The state dict, bit for bit. */
export function expectStart(layer: nn.AnyModule, start: Named): string[] {
  const actual = [...layer.stateDict()].map(([name, tensor]) => [name, tensor.shape, Array.from(tensor.dataSync())]);
  const wanted = start.map(([name, value]) => [name, value[0], Array.from(decode(value, "float32").dataSync())]);
  return JSON.stringify(actual) === JSON.stringify(wanted) ? [] : [`${JSON.stringify(actual)} is not PyTorch's`];
}
