import { allocate, dtypeOf, type TypedArray } from "../../core/dtype.ts";
import type { LstmSizes } from "../../core/kernels.ts";
import { unary } from "./elementwise.ts";
import { type FloatArray, multiplyAddFor } from "./multiplyAdd.ts";

/**
 * (gates, weightHh, initial) → the states of an LSTM: rows 0 … H−1 of `out` are h, rows H … 2H−1 are c. For every signal, t ascending:
 *
 *     pre = gates[:, t] + W h[t−1]                    (i, f, g, o), H rows each
 *     c[t] = σ(f) · c[t−1] + σ(i) · tanh(g)
 *     h[t] = σ(o) · tanh(c[t])
 *
 * The order that every backend keeps: W h is one sequential sum per row, starting at +0, over ascending hidden units, product and sum
 * rounded separately, and is then added to the gate. Every function, product and sum is rounded to the element type, σ and tanh as
 * `elementwise` has them. All that goes from one moment to the next is h and c as they are stored, so a signal in pieces, each
 * starting from the last states of the one before, has the same bits.
 */
export function lstm({ batch, hidden, length }: LstmSizes, inputs: readonly TypedArray[], out: TypedArray): void {
  const [gates, weight, initial, states] = [...inputs, out] as [FloatArray, FloatArray, FloatArray, FloatArray];
  const [sigmoid, tanh] = [unary.sigmoid, unary.tanh];
  const multiplyAdd = multiplyAddFor(out);
  const round = out instanceof Float32Array ? Math.fround : (value: number): number => value;
  const pre = allocate(dtypeOf(out)!, 4 * hidden) as FloatArray;
  const last = allocate(dtypeOf(out)!, 2 * hidden) as FloatArray;
  for (let n = 0; n < batch; n++) {
    last.set(initial.subarray(2 * hidden * n, 2 * hidden * (n + 1)));
    for (let t = 0; t < length; t++) {
      pre.fill(0);
      for (let k = 0; k < hidden; k++) multiplyAdd(pre, 0, 1, weight, k, hidden, last[k]!, 4 * hidden);
      for (let row = 0; row < 4 * hidden; row++) pre[row] = gates[(4 * hidden * n + row) * length + t]! + pre[row]!;
      for (let k = 0; k < hidden; k++) {
        const input = round(sigmoid(pre[k]!));
        const forget = round(sigmoid(pre[hidden + k]!));
        const candidate = round(tanh(pre[2 * hidden + k]!));
        const output = round(sigmoid(pre[3 * hidden + k]!));
        const cell = round(round(forget * last[hidden + k]!) + round(input * candidate));
        last[k] = output * round(tanh(cell));
        last[hidden + k] = cell;
      }
      for (let row = 0; row < 2 * hidden; row++) states[(2 * hidden * n + row) * length + t] = last[row]!;
    }
  }
}
