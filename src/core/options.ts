import { OptionError, OptionTypeError } from "./errors.ts";

/** An option that concerns the one dimension of time: PyTorch writes `3` or `(3,)`, here `3` or `[3]`. */
export type Single = number | readonly [number];

/** A value as it reads in a message: strings quoted, arrays in brackets, everything else by its name. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (typeof value === "function") return `function ${value.name}`.trim();
  if (typeof value === "object" && value !== null) return value.constructor?.name ?? "object";
  return typeof value === "bigint" ? `${value}n` : String(value);
}

/** Whether an argument that may also be `null` says something: nothing else stands for "none", not even `false` or 0. */
export const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

/** Refuses an options object that names anything but `known`: a misspelt option must not be silently ignored. */
export function checkOptions(op: string, options: unknown, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options))
    throw new OptionTypeError(`${op}: options must be an object such as { ${known[0]}: … }, got ${show(options)}`);
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const near = known.find((candidate) => canonical(candidate) === canonical(name));
    throw new OptionError(
      `${op}: unknown option ${show(name)}; ${near ? `did you mean ${show(near)}?` : `known options: ${known.join(", ")}`}`,
    );
  }
}

/** `padding_mode`, `paddingmode` and `PaddingMode` are all meant as `paddingMode`. */
const canonical = (name: string): string => name.replaceAll("_", "").toLowerCase();

/** A per-dimension integer with a lower bound, given as `3` or `[3]`. */
export function checkInteger(op: string, name: string, value: unknown, minimum: number): number {
  if (!Array.isArray(value)) return checkCount(op, name, value, minimum);
  if (value.length === 1 && !Array.isArray(value[0])) return checkCount(op, name, value[0], minimum);
  throw new OptionError(`${op}: ${name} must be one integer (time has one dimension), got ${show(value)}`);
}

/** An integer with a lower bound that no dimension has to do with, such as `groups`: only a number will do. */
export function checkCount(op: string, name: string, value: unknown, minimum: number): number {
  if (typeof value !== "number") throw new OptionTypeError(`${op}: ${name} must be an integer, got ${show(value)}`);
  if (!Number.isInteger(value) || value < minimum || value > MAX_INTEGER)
    throw new OptionError(`${op}: ${name} must be an integer in ${minimum}..${MAX_INTEGER}, got ${show(value)}`);
  return value;
}

/** Kernels count in 32-bit integers; anything larger is a mistake long before it is a signal. */
export const MAX_INTEGER = 2 ** 31 - 1;

export function checkBoolean(op: string, name: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new OptionTypeError(`${op}: ${name} must be true or false, got ${show(value)}`);
}

/** Any number, also NaN: for one that is only stored, or whose range the caller checks. */
export function checkNumber(op: string, name: string, value: unknown): number {
  if (typeof value === "number") return value;
  throw new OptionTypeError(`${op}: ${name} must be a number, got ${show(value)}`);
}

/** A number to compute with: infinite perhaps, but not NaN. */
export function checkReal(op: string, name: string, value: unknown): number {
  if (!Number.isNaN(checkNumber(op, name, value))) return value as number;
  throw new OptionError(`${op}: ${name} must be a number, got NaN`);
}

export function checkName(op: string, name: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new OptionTypeError(`${op}: ${name} must be a name, got ${show(value)}`);
}

/** One of a few names. */
export function checkChoice<T extends string>(op: string, name: string, value: unknown, choices: readonly T[]): T {
  const given = checkName(op, name, value) as T;
  if (choices.includes(given)) return given;
  const names = choices.map(show);
  throw new OptionError(
    `${op}: ${name} must be ${names.slice(0, -1).join(", ")} or ${names.at(-1)}, got ${show(given)}`,
  );
}
