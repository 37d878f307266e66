import { OptionTypeError } from "../../core/errors.ts";
import { checkInteger, checkNumber, show } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { type PadOptions, pad, padSettings } from "../../ops/shape/pad.ts";
import { Module } from "../module.ts";
import { pythonNumber, pythonTuple } from "../repr.ts";

/** Samples at both ends, or `[before, after]`; negative amounts crop. */
export type PadAmounts = number | readonly [number, number];

/** What the layers that pad the time axis share. */
abstract class Pad extends Module {
  readonly padding: readonly [number, number];
  readonly #options: PadOptions;

  constructor(layer: string, padding: PadAmounts, options: PadOptions) {
    super();
    this.padding = checkAmounts(layer, "padding", padding, -(2 ** 31));
    this.#options = options;
  }

  override forward(x: Tensor): Tensor {
    return pad(x, this.padding, this.#options);
  }

  protected override extraRepr(): string {
    return pythonTuple(this.padding);
  }
}

/**
 * Padding with any mode, by name (ours; PyTorch has one class per mode): `new Pad1d([2, 1], { mode: "reflect" })`. See `F.pad`.
 */
export class Pad1d extends Pad {
  readonly mode: string;
  readonly value: number;

  constructor(padding: PadAmounts, options: PadOptions = {}) {
    const { mode, value } = padSettings("Pad1d", options);
    super("Pad1d", padding, options);
    this.mode = mode.name;
    this.value = value;
  }

  protected override extraRepr(): string {
    const value = this.value === 0 ? "" : `, value=${pythonNumber(this.value)}`;
    return `${pythonTuple(this.padding)}, mode=${this.mode}${value}`;
  }
}

/** `1234 → 00 1234 00`. Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html */
export class ZeroPad1d extends Pad {
  constructor(padding: PadAmounts) {
    super("ZeroPad1d", padding, {});
  }
}

/** `1234 → vv 1234 vv`. Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html */
export class ConstantPad1d extends Pad {
  readonly value: number;

  constructor(padding: PadAmounts, value: number) {
    super("ConstantPad1d", padding, { mode: "constant", value: checkNumber("ConstantPad1d", "value", value) });
    this.value = value;
  }

  protected override extraRepr(): string {
    return `padding=${pythonTuple(this.padding)}, value=${pythonNumber(this.value)}`;
  }
}

/** `1234 → 32 1234 32`. Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html */
export class ReflectionPad1d extends Pad {
  constructor(padding: PadAmounts) {
    super("ReflectionPad1d", padding, { mode: "reflect" });
  }
}

/** `1234 → 11 1234 44`. Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html */
export class ReplicationPad1d extends Pad {
  constructor(padding: PadAmounts) {
    super("ReplicationPad1d", padding, { mode: "replicate" });
  }
}

/** `1234 → 34 1234 12`. Source: https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html */
export class CircularPad1d extends Pad {
  constructor(padding: PadAmounts) {
    super("CircularPad1d", padding, { mode: "circular" });
  }
}

/** Drops samples at both ends, or `[before, after]` (ours). */
export class Crop extends Module {
  readonly amounts: readonly [number, number];

  constructor(amounts: PadAmounts) {
    super();
    this.amounts = checkAmounts("Crop", "amounts", amounts, 0);
  }

  override forward(x: Tensor): Tensor {
    const [before, after] = this.amounts;
    return pad(x, [-before, -after]);
  }

  protected override extraRepr(): string {
    return pythonTuple(this.amounts);
  }
}

function checkAmounts(layer: string, name: string, amounts: unknown, minimum: number): readonly [number, number] {
  const sides = Array.isArray(amounts) ? amounts : [amounts, amounts];
  if (sides.length !== 2)
    throw new OptionTypeError(`${layer}: ${name} must be an integer or [before, after], got ${show(amounts)}`);
  return [checkInteger(layer, name, sides[0], minimum), checkInteger(layer, name, sides[1], minimum)];
}
