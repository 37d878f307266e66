/** An axis of a loop nest: its length, and how far each array moves along it. */
export interface Axis {
  readonly length: number;
  readonly strides: readonly number[];
}

/** The fewest axes that visit the same places in the same order: without those of length 1, neighbours merged where all arrays agree. */
export function fewestAxes(shape: readonly number[], strides: readonly (readonly number[])[]): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((length, i) => {
    if (length === 1) return;
    const axis = { length, strides: strides.map((s) => s[i]!) };
    const before = axes.at(-1);
    if (before?.strides.every((stride, array) => stride === axis.strides[array]! * length))
      axes[axes.length - 1] = { length: before.length * length, strides: axis.strides };
    else axes.push(axis);
  });
  return axes;
}
