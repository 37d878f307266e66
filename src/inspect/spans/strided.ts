/** Calls `body(element, place)` for all elements of an array of `shape` in order, with their places at other strides. */
export function eachPlace(
  shape: readonly number[],
  strides: readonly number[],
  body: (element: number, place: number) => void,
): void {
  const count = shape.reduce((product, length) => product * length, 1);
  const index = new Array<number>(shape.length).fill(0);
  let place = 0;
  for (let element = 0; element < count; element++) {
    body(element, place);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      place -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
}
