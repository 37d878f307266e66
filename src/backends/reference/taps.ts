/**
 * The positions t for which tap `offset = k·dilation − padBefore` meets the signal: 0 ≤ t·stride + offset < xLength, with
 * 0 ≤ t < gLength. Terms outside are not zeros that are multiplied, they are no terms: an infinite weight stays out of them.
 */
export function tapRange(offset: number, stride: number, xLength: number, gLength: number): [number, number] {
  const first = offset < 0 ? Math.ceil(-offset / stride) : 0;
  const end = Math.min(gLength, Math.floor((xLength - 1 - offset) / stride) + 1);
  return [first, end];
}
