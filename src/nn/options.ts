import { checkFloatDType, type FloatDType } from "../core/dtype.ts";

/** What every layer with parameters may be told. */
export interface DTypeOption {
  /** Element type of the parameters. Default `"float32"`. */
  dtype?: FloatDType;
}

export const layerDType = (layer: string, { dtype = "float32" }: DTypeOption): FloatDType =>
  checkFloatDType(layer, dtype);
