import { ShapeError } from "../../core/errors.ts";
import { checkInteger, type Single } from "../../core/options.ts";
import { showShape } from "../../core/shape.ts";
import { composed, type Tensor } from "../../graph/tensor.ts";
import { tensor } from "../create.ts";
import { div } from "../elementwise/binary.ts";
import { sum } from "../reduce/sum.ts";
import { gather } from "../shape/gather.ts";
import { reshape } from "../shape/reshape.ts";
import { checkSignal } from "../signal.ts";
import { maxWindow } from "./maxWindow.ts";

/**
 * The means of `outputSize` windows that cover the signal: window t is `⌊t·L/outputSize⌋ … ⌈(t+1)·L/outputSize⌉ − 1`.
 *
 * Shapes: x `(N, C, L)` or `(C, L)`; the result has length `outputSize`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html
 * @throws ShapeError, OptionError, DTypeError
 */
export function adaptiveAvgPool1d(x: Tensor, outputSize: Single): Tensor {
  return poolAdaptiveAverage("adaptiveAvgPool1d", x, checkInteger("adaptiveAvgPool1d", "outputSize", outputSize, 1));
}

/** As `adaptiveAvgPool1d`; `op` names the caller in errors. */
export function poolAdaptiveAverage(op: string, x: Tensor, outputSize: number): Tensor {
  const { starts, counts, longest } = windowsOver(op, x, outputSize);
  const laid = layOut(x, starts, longest, (start, count, k) => (k < count ? start + k : -1), counts);
  const sums = sum(reshape(laid, [...x.shape.slice(0, -1), outputSize, longest]), -1);
  return composed("adaptiveAvgPool1d", [x], { outputSize }, div(sums, tensor(counts, { dtype: x.dtype })));
}

/**
 * The maxima of the windows of `adaptiveAvgPool1d`.
 *
 * Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html
 * @throws ShapeError, OptionError, DTypeError
 */
export function adaptiveMaxPool1d(x: Tensor, outputSize: Single): Tensor {
  return poolAdaptiveMax("adaptiveMaxPool1d", x, checkInteger("adaptiveMaxPool1d", "outputSize", outputSize, 1));
}

/** As `adaptiveMaxPool1d`; `op` names the caller in errors. */
export function poolAdaptiveMax(op: string, x: Tensor, outputSize: number): Tensor {
  const { starts, counts, longest } = windowsOver(op, x, outputSize);
  // Shorter windows repeat their last sample, which cannot become the *first* maximum.
  const laid = layOut(x, starts, longest, (start, count, k) => start + Math.min(k, count - 1), counts);
  const windows = { kernelSize: longest, stride: longest, dilation: 1, padBefore: 0, outLength: outputSize };
  return composed("adaptiveMaxPool1d", [x], { outputSize }, maxWindow(laid, windows));
}

/** Windows of several lengths, which overlap where they do not divide the signal. */
interface Cover {
  readonly starts: readonly number[];
  readonly counts: readonly number[];
  readonly longest: number;
}

function windowsOver(op: string, x: Tensor, outputSize: number): Cover {
  checkSignal(op, x);
  const length = x.shape.at(-1)!;
  if (length === 0) throw new ShapeError(`${op}: the input needs at least one sample, got shape ${showShape(x.shape)}`);
  const starts = Array.from({ length: outputSize }, (_, t) => Math.floor((t * length) / outputSize));
  const counts = starts.map((start, t) => Math.ceil(((t + 1) * length) / outputSize) - start);
  return { starts, counts, longest: Math.max(...counts) };
}

/** The windows one after the other, `longest` samples each, along the last axis. */
function layOut(
  x: Tensor,
  starts: readonly number[],
  longest: number,
  source: (start: number, count: number, k: number) => number,
  counts: readonly number[],
): Tensor {
  const index = starts.flatMap((start, t) => Array.from({ length: longest }, (_, k) => source(start, counts[t]!, k)));
  return gather(x, x.rank - 1, Int32Array.from(index), { kind: "index" });
}
