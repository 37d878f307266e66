import type { Call } from "./call.ts";
import type { Known, Value } from "./known.ts";

type Results<T> = T | readonly T[];

/**
 * What one ONNX operator does, in atrous' functions. A row of the table in `operators/index.ts`; at least one of `fold` and `build`.
 *
 * Source of all of them: https://onnx.ai/onnx/operators/
 */
export interface Operator {
  /** Places of inputs that have to be known before the network runs: shapes, axes, amounts. Weights there are not trained. */
  readonly known?: readonly number[];
  /** Places of inputs that are statistics of the training data: saved, not trained. */
  readonly statistics?: readonly number[];
  /** With all inputs known. */
  readonly fold?: (call: Call) => Results<Known>;
  /** As a part of the graph. */
  readonly build?: (call: Call) => Results<Value>;
}

export type Operators = Readonly<Record<string, Operator>>;
