/** Zeros, then the signal, `length` samples together: what comes out of a node that is late. */
export const delayed = (rows: readonly Float32Array[], latency: number, length: number): Float32Array[] =>
  rows.map((row) => {
    const late = new Float32Array(length);
    late.set(row.subarray(0, Math.max(0, length - latency)), latency);
    return late;
  });

/** The signal with silence after it. */
export const padded = (rows: readonly Float32Array[], length: number): Float32Array[] =>
  rows.map((row) => {
    const longer = new Float32Array(length);
    longer.set(row);
    return longer;
  });
