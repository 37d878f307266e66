/** Values as Python would print them, for sentences and reprs that are MindSpore's. */

/** The name of a value's type: `int`, `float`, `bool`, `str`, `tuple`, … An array stands where Python has a tuple. */
export function typeName(value: unknown): string {
  if (value === undefined || value === null) return "NoneType";
  if (Array.isArray(value)) return "tuple";
  switch (typeof value) {
    case "number":
      return Number.isInteger(value) ? "int" : "float";
    case "boolean":
      return "bool";
    case "string":
      return "str";
    case "object":
      return value.constructor === Object ? "dict" : (value.constructor?.name ?? "object");
    default:
      return typeof value;
  }
}

export function text(value: unknown): string {
  if (value === undefined || value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return tuple(value);
  return String(value);
}

export const list = (items: readonly unknown[]): string => `[${items.map(text).join(", ")}]`;

export const tuple = (items: readonly unknown[]): string =>
  items.length === 1 ? `(${text(items[0])},)` : `(${items.map(text).join(", ")})`;
