import { OptionError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";

const DEEPEST = 64;

/**
 * JSON of plain values; Maps are objects, in their order.
 *
 * @throws OptionError for what JSON cannot hold, and below 64 levels
 */
export function jsonOf(value: unknown, depth = 0): string {
  if (depth > DEEPEST) throw new OptionError(`exportNam: the metadata is nested deeper than ${DEEPEST} levels`);
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => jsonOf(item, depth + 1)).join(",")}]`;
  if (!isObject(value)) throw new OptionError(`exportNam: metadata must be JSON, got ${show(value)}`);
  const entries = value instanceof Map ? Array.from(value) : Object.entries(value);
  const fields = entries
    .filter(([, item]) => item !== undefined)
    .map(([name, item]) => `${JSON.stringify(String(name))}:${jsonOf(item, depth + 1)}`);
  return `{${fields.join(",")}}`;
}

/** A Map or a plain object: a Date, a tensor and the like would lose what they are. */
function isObject(value: unknown): value is object {
  if (value instanceof Map) return true;
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
