/** What results may differ by, relative to the largest magnitude: sums of float32 in another order, another tanh. */
const tolerance = 1e-4;

/** @throws Error when they differ by more than rounding */
export function checkSame(actual: Float32Array, expected: Float32Array): void {
  if (actual.length !== expected.length)
    throw new Error(`gives ${actual.length} numbers instead of ${expected.length}`);
  const error = difference(actual, expected);
  if (error > tolerance) throw new Error(`is wrong by ${error.toExponential(1)} of the largest magnitude`);
}

/** The largest difference, relative to the largest magnitude of `expected`; infinite where something is no number. */
function difference(actual: Float32Array, expected: Float32Array): number {
  let largest = 0;
  let magnitude = 0;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs(actual[i]! - expected[i]!);
    if (Number.isNaN(distance)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, distance);
    magnitude = Math.max(magnitude, Math.abs(expected[i]!));
  }
  return largest / magnitude;
}
