import { effectiveKernelSize } from "../../../core/geometry.ts";
import { same } from "../../../core/padding/same.ts";
import type { Call } from "./call.ts";

/** What convolutions and pools say about their windows. */
export interface Window {
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly pads: readonly [before: number, after: number];
  /** How much to pad by itself: NOTSET, VALID, SAME_UPPER or SAME_LOWER. */
  readonly automatic: string;
}

const AUTOMATIC = ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"];

/** The attributes of a window over one dimension; `kernelSize` is that of the weight, where there is one. */
export function windowOf(call: Call, kernelSize?: number): Window {
  const only = (name: string, count: number): readonly number[] | undefined => {
    const values = call.integers(name);
    if (values && values.length !== count)
      call.fail(`${name} [${values.join(", ")}] should have ${count} entries, for one dimension of time`);
    return values;
  };
  const [declared] = only("kernel_shape", 1) ?? [];
  if (declared !== undefined && kernelSize !== undefined && declared !== kernelSize)
    call.fail(`kernel_shape ${declared} is not that of its weight, ${kernelSize}`);
  const automatic = call.string("auto_pad", "NOTSET");
  if (!AUTOMATIC.includes(automatic)) call.fail(`auto_pad ${automatic} is none of ${AUTOMATIC.join(", ")}`);
  const [stride = 1] = only("strides", 1) ?? [];
  const [dilation = 1] = only("dilations", 1) ?? [];
  const [before, after] = automatic === "NOTSET" ? (only("pads", 2) ?? [0, 0]) : [0, 0];
  return {
    kernelSize: kernelSize ?? declared ?? call.fail("it says no kernel_shape"),
    stride,
    dilation,
    pads: [before!, after!],
    automatic,
  };
}

/**
 * The amounts of SAME_UPPER and SAME_LOWER, which put the odd sample at the end and at the beginning; `undefined` where padding does
 * not depend on the length.
 */
export function autoPadding(call: Call, window: Window, length: number): readonly [number, number] | undefined {
  const { automatic, stride } = window;
  if (!automatic.startsWith("SAME")) return undefined;
  if (stride < 1) call.fail(`stride ${stride} is less than 1`);
  const span = { effectiveKernelSize: effectiveKernelSize(window.kernelSize, window.dilation), stride };
  const [before, after] = same(span, length);
  return automatic === "SAME_UPPER" ? [before, after] : [after, before];
}
