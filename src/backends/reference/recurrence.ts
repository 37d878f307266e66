import { allocate, dtypeOf, type TypedArray } from "../../core/dtype.ts";
import type { Binary, Recurrence } from "../../core/kernels.ts";
import { binary, unary } from "./elementwise.ts";
import { type FloatArray, multiplyAddFor } from "./multiplyAdd.ts";

const functions = { ...unary, ...binary };

/**
 * (gates, weightHh, initial) or (gates, weightHh, biasHh, initial) → the states. For every signal, t ascending, part by part:
 *
 *     sums = biasHh + W h[t−1]          the rows of the part; later parts have what the part before has made instead of h
 *     body(gates[:, t], sums, states, what earlier parts have made), unit by unit
 *
 * The order that every backend keeps: W h is one sequential sum per row, starting at biasHh, else at +0, over ascending hidden units,
 * product and sum rounded separately. Every function is rounded to the element type, and is what `elementwise` has. All that goes from
 * one moment to the next is the states as they are stored, so a signal in pieces, each starting from the last states of the one before,
 * has the same bits.
 */
export function recurrence(
  { batch, hidden, length, states, parts }: Recurrence,
  inputs: readonly TypedArray[],
  out: TypedArray,
): void {
  const [gates, weight, ...rest] = inputs as [FloatArray, FloatArray, ...FloatArray[]];
  const initial = rest.pop()!;
  const multiplyAdd = multiplyAddFor(out);
  const rows = weight.length / hidden;
  const stateRows = states * hidden;
  /** Where the results of a body's instructions begin. */
  const made = 2 * rows + stateRows + (parts.length - 1) * hidden;
  /** Vectors of H numbers, in the order of a body's arguments: gates, sums, states, what parts have made, then instructions. */
  const vectors = allocate(
    dtypeOf(out)!,
    made + hidden * Math.max(...parts.map(({ body }) => body.length)),
  ) as FloatArray;
  const sums = vectors.subarray(rows, 2 * rows);
  const last = vectors.subarray(2 * rows);
  for (let n = 0; n < batch; n++) {
    last.set(initial.subarray(stateRows * n, stateRows * (n + 1)));
    for (let t = 0; t < length; t++) {
      for (let row = 0; row < rows; row++) vectors[row] = gates[(rows * n + row) * length + t]!;
      sums.fill(0);
      for (const bias of rest) sums.set(bias);
      let x = 0;
      for (const { from, to, body, results } of parts) {
        const [first, count] = [from * hidden, (to - from) * hidden];
        for (let k = 0; k < hidden; k++)
          multiplyAdd(sums, first, 1, weight, first * hidden + k, hidden, last[x + k]!, count);
        body.forEach(({ fn, arguments: [a, b] }, i) => {
          const f = functions[fn as Binary];
          for (let k = 0; k < hidden; k++)
            vectors[made + i * hidden + k] = f(vectors[a! * hidden + k]!, vectors[b! * hidden + k]!);
        });
        x = x === 0 ? stateRows : x + hidden;
        results.forEach((result, i) => {
          const target = (to * hidden === rows ? 0 : x) + i * hidden;
          last.set(vectors.subarray(result * hidden, (result + 1) * hidden), target);
        });
      }
      for (let row = 0; row < stateRows; row++) out[(stateRows * n + row) * length + t] = last[row]!;
    }
  }
}
