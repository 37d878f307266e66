import type { WindowGeometry } from "../../../core/kernels.ts";
import {
  call,
  type FunctionBuilder,
  get,
  type I32,
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
import { clippedMaximum, longMaximum } from "./loops/windowMaximum.ts";

/** From here on one window is worth vectors of its own. */
const LONG = 16;

/** The position in the row of the first maximum of each window, padding left out; a NaN is larger than everything. */
export const emitArgmaxWindow: EmitKernel<WindowGeometry> = (emission, geometry, { inputs: [x], out, inputTypes }) => {
  const { rows, length, outLength, kernelSize, stride, dilation, padBefore } = geometry;
  if (inputTypes[0] !== "float32") return null;
  if (rows === 0 || outLength === 0) return [];
  const key = `argmaxWindow ${[length, outLength, kernelSize, stride, dilation, padBefore]}`;
  const eachRow = emission.shared(key, () =>
    emission.module.function({ parameters: ["i32", "i32", "i32"] }, (builder, to, from, rows) =>
      whileCounting(
        rows,
        oneRow(emission, builder, geometry, to, from),
        increase(to, 4 * outLength),
        increase(from, 4 * length),
      ),
    ),
  );
  return perform(eachRow, out, x!, rows);
};

/** The windows inside the row by fours, where there are four; those that meet an end, and the others, one by one. */
function oneRow(
  emission: Emission,
  builder: FunctionBuilder,
  geometry: WindowGeometry,
  to: Local<"i32">,
  from: Local<"i32">,
): Statement {
  const { outLength, kernelSize, stride, dilation } = geometry;
  const t = builder.local("i32");
  const position = maximumAt(emission, geometry, from, t);
  const alone = (first: number, end: number): Statement => [
    set(t, first),
    times(builder, end - first, i32.store(i32.add(get(to), i32.shl(get(t), 2)), position), increase(t, 1)),
  ];
  const [first, end] = inside(geometry);
  const long = dilation === 1 && kernelSize >= LONG && stride > 2;
  if (end - first < 4 || long) return alone(0, outLength);
  return [
    alone(0, first),
    fourWindows(builder, geometry, { to, from, first, count: end - first }),
    alone(end, outLength),
  ];
}

function maximumAt(
  emission: Emission,
  { length, kernelSize, stride, dilation, padBefore }: WindowGeometry,
  from: Local<"i32">,
  t: Local<"i32">,
): I32 {
  const start = i32.sub(i32.mul(get(t), stride), padBefore);
  const size = [length, kernelSize] as const;
  return dilation === 1 && kernelSize >= LONG
    ? call(longMaximum(emission), get(from), start, ...size)
    : call(clippedMaximum(emission), get(from), start, ...size, dilation);
}

/** `first ≤ t < end` for the windows that lie wholly inside the row. */
function inside({ length, outLength, kernelSize, stride, dilation, padBefore }: WindowGeometry): [number, number] {
  const last = Math.floor((length - 1 - (kernelSize - 1) * dilation + padBefore) / stride);
  const first = Math.min(Math.ceil(padBefore / stride), outLength);
  return [first, Math.max(Math.min(last + 1, outLength), first)];
}
