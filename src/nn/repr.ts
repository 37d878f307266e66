/** Values as Python prints them, for the reprs of layers. */

/** A number that is a float in PyTorch whatever was given: `1e-05`, `0.1`, `2.0`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const [digits, power] = value.toExponential().split("e") as [string, string];
  const exponent = Number(power);
  // Python switches to the exponent below 1e-4 and from 1e16, JavaScript below 1e-6 and from 1e21.
  if (value !== 0 && (exponent < -4 || exponent >= 16))
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** A number as it was most likely written in Python: whole ones without a point. */
export const pythonNumber = (value: number): string => (Number.isInteger(value) ? String(value) : pythonFloat(value));

export const pythonBool = (value: boolean): string => (value ? "True" : "False");

export const pythonTuple = (values: readonly number[]): string =>
  values.length === 1 ? `(${pythonNumber(values[0]!)},)` : `(${values.map(pythonNumber).join(", ")})`;

/** `negativeSlope` as `negative_slope`. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A module as PyTorch prints it. Children in arrays, whose names have dots, are those of its `ModuleList`. */
export function moduleRepr(name: string, extra: string, children: Iterable<readonly [string, unknown]>): string {
  const parts = new Map<string, [rest: string, child: unknown][]>();
  for (const [path, child] of children) {
    const [first, ...rest] = path.split(".") as [string, ...string[]];
    parts.set(first, [...(parts.get(first) ?? []), [rest.join("."), child]]);
  }
  const texts = Array.from(parts, ([part, held]) => {
    const [[rest, child]] = held as [[string, unknown]];
    return `(${part}): ${rest === "" ? child : moduleRepr("ModuleList", "", held)}`;
  });
  if (texts.length === 0) return `${name}(${extra})`;
  const lines = [...(extra ? [extra] : []), ...texts].join("\n").replaceAll("\n", "\n  ");
  return `${name}(\n  ${lines}\n)`;
}
