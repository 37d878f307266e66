import type { Shape } from "../network.ts";

/** The same signal with axes 1 and 2 of an array of `shape` exchanged. */
export function exchangeAxes(array: Float32Array, [batch, rows, columns]: Shape): Float32Array {
  const result = new Float32Array(array.length);
  for (let n = 0; n < batch; n++) {
    const start = n * rows * columns;
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) result[start + c * rows + r] = array[start + r * columns + c]!;
  }
  return result;
}
