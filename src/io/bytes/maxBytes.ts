import { OptionError } from "../../core/errors.ts";
import { checkReal } from "../../core/options.ts";

/** The option that says how much memory a reader may take, where it was given. @throws OptionError, OptionTypeError */
export function checkMaxBytes(op: string, maxBytes: number | undefined): number | undefined {
  if (maxBytes === undefined || checkReal(op, "maxBytes", maxBytes) >= 0) return maxBytes;
  throw new OptionError(`${op}: maxBytes must not be negative, got ${maxBytes}`);
}
