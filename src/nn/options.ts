import { checkFloatDType, type FloatDType } from "../core/dtype.ts";
import { OptionError } from "../core/errors.ts";
import { checkNumber } from "../core/options.ts";

/** What every layer with parameters may be told. */
export interface DTypeOption {
  /** Element type of the parameters. Default `"float32"`. */
  dtype?: FloatDType;
}

export const layerDType = (layer: string, { dtype = "float32" }: DTypeOption): FloatDType =>
  checkFloatDType(layer, dtype);

/** A hyper-parameter: neither NaN nor infinite. */
export function checkFinite(op: string, name: string, value: unknown): number {
  if (Number.isFinite(checkNumber(op, name, value))) return value as number;
  throw new OptionError(`${op}: ${name} must be finite, got ${value}`);
}
