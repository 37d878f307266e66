/**
 * The bytes of `count` elements of `step` bytes each in row-major order, from where strides put them: in the file's element type, which is
 * never wider than memory's.
 */
export function gather(
  bytes: Uint8Array,
  step: number,
  offset: number,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Uint8Array {
  const gathered = new Uint8Array(count * step);
  const index = new Array<number>(shape.length).fill(0);
  let from = offset;
  for (let to = 0; to < gathered.length; to += step) {
    for (let i = 0; i < step; i++) gathered[to + i] = bytes[from * step + i]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return gathered;
}
