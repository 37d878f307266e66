import { allocate, elementOf, isFloat } from "../../core/dtype.ts";
import { OptionTypeError, ShapeError } from "../../core/errors.ts";
import { checkName, checkNumber, checkOptions, show } from "../../core/options.ts";
import { type PaddingMode, type PaddingModeName, paddingIndex, paddingMode } from "../../core/padding/index.ts";
import { showShape } from "../../core/shape.ts";
import { composed, makeLeaf, type Tensor } from "../../graph/tensor.ts";
import { add } from "../elementwise/binary.ts";
import { checkTensor } from "../elementwise/operand.ts";
import { gather } from "./gather.ts";

export interface PadOptions {
  /** What to pad with. Default `"zeros"`; `"constant"` is PyTorch's word for zeros with a `value`. */
  mode?: PaddingModeName | "constant";
  /** The number put outside the signal, with mode `"zeros"` or `"constant"`. Default 0. */
  value?: number;
}

/**
 * Pads the last axis with `[before, after]` samples; negative amounts crop, as `torch.nn.functional.pad`.
 *
 * @throws ShapeError when the mode cannot make that many samples, or nothing would be left.
 */
export function pad(x: Tensor, amounts: number | readonly [number, number], options: PadOptions = {}): Tensor {
  checkTensor("pad", x);
  const { mode, value } = padSettings("pad", options);
  const sides: readonly unknown[] = Array.isArray(amounts) ? amounts : [amounts, amounts];
  if (sides.length !== 2 || !sides.every(Number.isInteger))
    throw new OptionTypeError(`pad: expected an integer or two of them, [before, after], got ${show(amounts)}`);
  const [before, after] = sides as [number, number];
  const element = elementOf("pad", value, x.dtype);
  const length = x.shape.at(-1);
  if (length === undefined) throw new ShapeError("pad: a tensor without axes cannot be padded");
  if (length + before + after < 0)
    throw new ShapeError(`pad: [${before}, ${after}] leaves nothing of shape ${showShape(x.shape)}`);
  const broken = mode.limit(Math.max(before, 0), Math.max(after, 0), length);
  if (broken) throw new ShapeError(`pad: ${broken}`);
  if (before === 0 && after === 0) return x;
  const index = paddingIndex(mode, before, after, length);
  const padded = gather(x, x.rank - 1, index, { kind: "pad", mode: mode.name, before, after });
  if (value === 0) return padded;
  return composed("pad", [x], { before, after, value }, add(padded, outside(index, element, x)));
}

/** Checks the options of `pad`, for the op or layer named `op`. */
export function padSettings(op: string, options: PadOptions): { mode: PaddingMode; value: number } {
  checkOptions(op, options, ["mode", "value"]);
  const { mode: given = "zeros", value = 0 } = options;
  const name = checkName(op, "mode", given);
  const mode = paddingMode(op, name === "constant" ? "zeros" : name);
  if (checkNumber(op, "value", value) !== 0 && mode.copies)
    throw new OptionTypeError(`${op}: a value (${value}) goes with mode "zeros" or "constant", not ${show(mode.name)}`);
  return { mode, value };
}

/**
 * `value` where the index map reads nothing, elsewhere the zero that changes nothing: added after gathering, it has no gradient to distort.
 * With floating point that is −0, because −0 + 0 = 0.
 */
function outside(index: Int32Array, value: number | bigint, like: Tensor): Tensor {
  const data = allocate(like.dtype, index.length);
  const nothing = isFloat(like.dtype) ? -0 : elementOf("pad", 0, like.dtype);
  index.forEach((source, q) => {
    data[q] = source < 0 ? value : nothing;
  });
  return makeLeaf(data, [index.length], like.dtype);
}
