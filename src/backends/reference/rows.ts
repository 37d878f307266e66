/** An output cut into rows along which every input moves by a fixed step. */
interface Rows {
  readonly outer: readonly number[];
  readonly outerStrides: readonly (readonly number[])[];
  readonly length: number;
  readonly steps: readonly number[];
}

/** The last axes that every input reads with one step form one row; axes of length 1 say nothing and are left out. */
export function rowsOf(shape: readonly number[], strides: readonly (readonly number[])[]): Rows {
  const axes = shape.flatMap((length, axis) => (length === 1 ? [] : [axis]));
  const lengths = axes.map((axis) => shape[axis]!);
  const moves = strides.map((s) => axes.map((axis) => s[axis]!));
  const steps = moves.map((s) => s.at(-1) ?? 0);
  let length = lengths.pop() ?? 1;
  while (lengths.length > 0 && moves.every((s, i) => s[lengths.length - 1] === steps[i]! * length))
    length *= lengths.pop()!;
  return { outer: lengths, outerStrides: moves.map((s) => s.slice(0, lengths.length)), length, steps };
}

/** Calls `body(offset in the output, offsets in the inputs)` for every row, in order. */
export function eachRow(
  { outer, outerStrides, length }: Rows,
  body: (out: number, inputs: readonly number[]) => void,
): void {
  const count = outer.reduce((a, b) => a * b, 1);
  const position = new Array<number>(outer.length).fill(0);
  const offsets = outerStrides.map(() => 0);
  for (let row = 0; row < count; row++) {
    body(row * length, offsets);
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const wraps = ++position[axis]! === outer[axis];
      for (let i = 0; i < offsets.length; i++)
        offsets[i]! += wraps ? outerStrides[i]![axis]! * (1 - outer[axis]!) : outerStrides[i]![axis]!;
      if (!wraps) break;
      position[axis] = 0;
    }
  }
}
