/**
 * The positions t for which tap `offset = k·dilation − padBefore` meets the signal: `first ≤ t < end` ⇔ t in 0..gLength−1 and
 * 0 ≤ t·stride + offset < xLength.
 */
export function tapRange(offset: number, stride: number, xLength: number, gLength: number): [number, number] {
  const first = Math.min(offset < 0 ? Math.ceil(-offset / stride) : 0, gLength);
  const end = Math.min(Math.floor((xLength - 1 - offset) / stride) + 1, gLength);
  return [first, Math.max(first, end)];
}
