/**
 * The geometry of a convolution: the user's options become validated integers here, and nowhere else.
 *
 * A convolution is the trilinear form  T(x, w, g) = Σ g[n,o,t] · w[o,i,k] · x[n, i, t·stride + k·dilation − padBefore]  with
 * `i` inside the group of `o` and x = 0 outside the signal. `x` always names the long side (the input of Conv1d, the output of
 * ConvTranspose1d) and `g` the short one, so one set of integers serves all three kernels.
 */
import { OptionError, ShapeError } from "./errors.ts";
import { checkCount, checkInteger, checkName, checkOptions, MAX_INTEGER, type Single } from "./options.ts";
import {
  type Padding,
  type PaddingMode,
  type PaddingModeName,
  type PaddingRule,
  paddingMode,
  paddingRule,
} from "./padding/index.ts";

/** What a kernel needs: integers only. Storage is x `(batch, inChannels, xLength)`, w `(outChannels, inChannels/groups, kernelSize)`, g `(batch, outChannels, gLength)`. */
export interface Conv1dGeometry {
  readonly batch: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
  readonly kernelSize: number;
  readonly stride: number;
  readonly dilation: number;
  readonly padBefore: number;
  readonly xLength: number;
  readonly gLength: number;
}

/** What a user may say about a convolution beside its weight. */
export interface Conv1dOptions {
  /** Samples between neighbouring windows. Default 1. */
  stride?: Single;
  /** How much to pad: a number (both sides), `[before, after]`, `"valid"`, `"same"` or `"causal"`. Default 0. */
  padding?: Padding;
  /** Samples between neighbouring taps. Default 1. */
  dilation?: Single;
  /** Independent groups of channels; both channel counts must be multiples. Default 1. */
  groups?: number;
  /** What to pad with. Default `"zeros"`. */
  paddingMode?: PaddingModeName;
}

export interface ConvTranspose1dOptions extends Conv1dOptions {
  /** Samples added to the end of the output: which of the lengths that the forward layer maps to this one is meant. Default 0. */
  outputPadding?: Single;
}

/** Options resolved as far as they can be without a length. */
export interface ConvSettings {
  readonly stride: number;
  readonly dilation: number;
  readonly groups: number;
  readonly outputPadding: number;
  readonly rule: PaddingRule;
  readonly mode: PaddingMode;
}

const CONV_OPTIONS = ["stride", "padding", "dilation", "groups", "paddingMode"] as const;
const TRANSPOSE_OPTIONS = [...CONV_OPTIONS, "outputPadding"] as const;

/** Validates `options` for the op or layer named `op`. `also` lists further option names that the caller reads itself. */
export function conv1dSettings(op: string, options: Conv1dOptions = {}, also: readonly string[] = []): ConvSettings {
  checkOptions(op, options, [...CONV_OPTIONS, ...also]);
  return settings(op, options);
}

/** As `conv1dSettings`, with `0 ≤ outputPadding < max(stride, dilation)`, PyTorch's bound. */
export function convTranspose1dSettings(
  op: string,
  options: ConvTranspose1dOptions = {},
  also: readonly string[] = [],
): ConvSettings {
  checkOptions(op, options, [...TRANSPOSE_OPTIONS, ...also]);
  const { outputPadding: given = 0 } = options;
  const resolved = settings(op, options);
  const outputPadding = checkInteger(op, "outputPadding", given, 0);
  const limit = Math.max(resolved.stride, resolved.dilation);
  if (outputPadding >= limit)
    throw new OptionError(
      `${op}: outputPadding ${outputPadding} must be smaller than max(stride, dilation) = ${limit} (stride ${resolved.stride}, dilation ${resolved.dilation})`,
    );
  return { ...resolved, outputPadding };
}

function settings(op: string, options: Conv1dOptions): ConvSettings {
  // Defaults stand for `undefined` alone: `null` is a mistake somewhere, and an error here.
  const { padding = 0, paddingMode: mode = "zeros" } = options;
  const { stride: givenStride = 1, dilation: givenDilation = 1, groups: givenGroups = 1 } = options;
  const stride = checkInteger(op, "stride", givenStride, 1);
  const dilation = checkInteger(op, "dilation", givenDilation, 1);
  const groups = checkCount(op, "groups", givenGroups, 1);
  const rule = paddingRule(op, padding);
  const name = checkName(op, "paddingMode", mode);
  if (padding === "same" && stride !== 1)
    throw new OptionError(
      `${op}: padding "same" is not supported with stride ${stride}, as in PyTorch; its amount would depend on the length. Give numbers, or use atrous/mindspore`,
    );
  return { stride, dilation, groups, outputPadding: 0, rule, mode: paddingMode(op, name) };
}

export const effectiveKernelSize = (kernelSize: number, dilation: number): number => dilation * (kernelSize - 1) + 1;

/** A convolution at a definite length. */
export interface ResolvedLengths {
  readonly padBefore: number;
  readonly padAfter: number;
  readonly outputLength: number;
}

/**
 * `outputLength = ⌊(length + padBefore + padAfter − effectiveKernelSize) / stride⌋ + 1`.
 *
 * @throws ShapeError when the padding mode cannot make that much from `length`, or the kernel is longer than the padded signal.
 */
export function conv1dLengths(op: string, conv: ConvSettings, kernelSize: number, length: number): ResolvedLengths {
  checkLength(op, length);
  const span = { effectiveKernelSize: effectiveKernelSize(kernelSize, conv.dilation), stride: conv.stride };
  const [padBefore, padAfter] = conv.rule(span, length);
  const broken = conv.mode.limit(padBefore, padAfter, length);
  if (broken !== undefined) throw new ShapeError(`${op}: ${broken}`);
  const padded = length + padBefore + padAfter;
  const room = padded - span.effectiveKernelSize;
  const numbers = `length ${length}, padding [${padBefore}, ${padAfter}], kernelSize ${kernelSize}, dilation ${conv.dilation}`;
  if (room < 0)
    throw new ShapeError(
      `${op}: the padded length ${padded} is shorter than the effective kernel size ${span.effectiveKernelSize} (${numbers})`,
    );
  checkCountable(op, "padded length", padded, numbers);
  return { padBefore, padAfter, outputLength: Math.floor(room / conv.stride) + 1 };
}

/**
 * `outputLength = (length − 1)·stride + effectiveKernelSize − padBefore − padAfter + outputPadding`; a requested length chooses
 * `outputPadding` in `0..stride−1` and overrides the option, as PyTorch's `output_size` does.
 *
 * @throws ShapeError when the result would be shorter than one sample or than its padding mode needs, or the requested length is
 * none that the forward convolution maps to `length`.
 */
export function convTranspose1dLengths(
  op: string,
  conv: ConvSettings,
  kernelSize: number,
  length: number,
  requested?: Single,
): ResolvedLengths {
  checkLength(op, length);
  const span = { effectiveKernelSize: effectiveKernelSize(kernelSize, conv.dilation), stride: conv.stride };
  const [padBefore, padAfter] = conv.rule(span, length * conv.stride);
  const least = (length - 1) * conv.stride + span.effectiveKernelSize - padBefore - padAfter;
  let numbers = `length ${length}, kernelSize ${kernelSize}, stride ${conv.stride}, dilation ${conv.dilation}, padding [${padBefore}, ${padAfter}]`;
  let outputLength = least + conv.outputPadding;
  if (requested === undefined) {
    if (conv.outputPadding > 0) numbers += `, outputPadding ${conv.outputPadding}`;
  } else {
    const wanted = checkInteger(op, "outputLength", requested, 1);
    const greatest = least + conv.stride - 1;
    if (greatest >= 1 && (wanted < least || wanted > greatest))
      throw new ShapeError(`${op}: outputLength ${wanted} is outside ${Math.max(least, 1)}..${greatest} (${numbers})`);
    outputLength = Math.min(wanted, greatest); // less than 1 where no length at all is possible
  }
  if (outputLength < 1) throw new ShapeError(`${op}: the output length ${outputLength} is less than 1 (${numbers})`);
  const broken = conv.mode.limit(padBefore, padAfter, outputLength);
  if (broken !== undefined) throw new ShapeError(`${op}: ${broken}, here that of the output (${numbers})`);
  checkCountable(op, "output length before padding is taken off", outputLength + padBefore + padAfter, numbers);
  return { padBefore, padAfter, outputLength };
}

function checkLength(op: string, length: number): void {
  if (checkCount(op, "length", length, 0) === 0)
    throw new ShapeError(`${op}: the input needs at least one sample, got length ${length}`);
}

function checkCountable(op: string, name: string, length: number, numbers: string): void {
  if (length > MAX_INTEGER)
    throw new ShapeError(`${op}: the ${name} ${length} is more than ${MAX_INTEGER} (${numbers})`);
}

/** `channels` must be a multiple of `groups`. */
export function checkGroups(op: string, name: string, channels: number, groups: number): void {
  if (channels % groups !== 0)
    throw new OptionError(`${op}: ${name} ${channels} must be divisible by groups ${groups}`);
}
