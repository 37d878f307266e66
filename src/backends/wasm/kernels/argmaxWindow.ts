import type { WindowGeometry } from "../../../core/kernels.ts";
import {
  call,
  type FunctionBuilder,
  get,
  i32,
  increase,
  type Local,
  perform,
  type Statement,
  set,
} from "../assembler/index.ts";
import type { Emission, EmitKernel } from "../emission.ts";
import { times, whileCounting } from "./loops/counting.ts";
import { fourWindows } from "./loops/fourWindows.ts";
import { windowMaximum } from "./loops/windowMaximum.ts";

/** Four windows at a time are written out tap by tap; longer ones go one by one. */
const MAX_TAPS = 32;

/** The position in the row of the first maximum of each window, padding left out; a NaN is larger than everything. */
export const emitArgmaxWindow: EmitKernel<WindowGeometry> = (emission, geometry, { inputs: [x], out, inputTypes }) => {
  const { rows, length, outLength, kernelSize, stride, dilation, padBefore } = geometry;
  if (inputTypes[0] !== "float32") return null;
  if (rows === 0 || outLength === 0) return [];
  const key = `argmaxWindow ${[length, outLength, kernelSize, stride, dilation, padBefore]}`;
  const eachRow = emission.shared(key, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, rows) =>
      whileCounting(rows, oneRow(emission, builder, geometry, to, from), increase(from, 4 * length)),
    ),
  );
  return perform(eachRow, out, x!, rows);
};

/** The windows inside the row by fours; those that meet an end, and the others, one by one. Moves `to` on to the next row. */
function oneRow(
  emission: Emission,
  builder: FunctionBuilder,
  geometry: WindowGeometry,
  to: Local<"i32">,
  from: Local<"i32">,
): Statement {
  const { length, outLength, kernelSize, stride, dilation, padBefore } = geometry;
  const start = builder.local("i32");
  const maximum = call(windowMaximum(emission), get(from), get(start), length, kernelSize, dilation);
  const alone = (count: number): Statement =>
    times(builder, count, i32.store(get(to), maximum), increase(to, 4), increase(start, stride));
  const [first, end] = kernelSize > MAX_TAPS ? [0, 0] : inside(geometry);
  const fours = Math.floor((end - first) / 4);
  return [
    set(start, -padBefore),
    alone(first),
    times(
      builder,
      fours,
      fourWindows(builder, geometry, to, from, start),
      increase(to, 16),
      increase(start, 4 * stride),
    ),
    alone(outLength - first - 4 * fours),
  ];
}

/** `first ≤ t < end` for the windows that lie wholly inside the row. */
function inside({ length, outLength, kernelSize, stride, dilation, padBefore }: WindowGeometry): [number, number] {
  const last = Math.floor((length - 1 - (kernelSize - 1) * dilation + padBefore) / stride);
  const first = Math.min(Math.ceil(padBefore / stride), outLength);
  return [first, Math.max(Math.min(last + 1, outLength), first)];
}
