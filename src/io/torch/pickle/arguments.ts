import { show } from "../../../core/options.ts";
import { isCount, MAX_RANK } from "../../bytes/shape.ts";
import { Storage, StorageType } from "../storage.ts";
import { Constructor, type Host } from "./host.ts";

/** A value of a hostile file as it reads in a message: never long, whatever it is. */
export function describe(value: unknown): string {
  if (Array.isArray(value)) return `a list or tuple of ${value.length}`;
  if (value instanceof Storage) return "a storage without a tensor";
  if (value instanceof Constructor || value instanceof StorageType) return value.name;
  return typeof value === "string" ? show(clipped(value)) : show(value);
}

export const clipped = (text: string): string => (text.length > 120 ? `${text.slice(0, 120)}…` : text);

export function checkArray(value: unknown, what: string, { fail }: Host): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`${what} should be a list or tuple, but is ${describe(value)}`);
}

/**
 * Lengths or strides. They are checked before any message shows them, because what a file nests may be endless to write down; and only
 * so many, because a million tensors may refer to one list of a million.
 */
export function checkCounts(value: unknown, what: string, host: Host): readonly number[] {
  const counts = checkArray(value, what, host);
  if (counts.length > MAX_RANK) host.fail(`${what} has ${counts.length} axes; ${MAX_RANK} are the most there can be`);
  const broken = counts.find((count) => !isCount(count));
  return broken === undefined && counts.every(isCount)
    ? counts
    : host.fail(`${what} should be non-negative integers, but one is ${describe(broken)}`);
}

export function checkText(value: unknown, what: string, { fail }: Host): string {
  return typeof value === "string" ? value : fail(`${what} should be a string, but is ${describe(value)}`);
}

/** Bytes, which Python 2 wrote as strings. */
export function checkBinary(value: unknown, what: string, { fail, spend }: Host): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== "string") return fail(`${what} should be bytes, but is ${describe(value)}`);
  spend(value.length);
  return new TextEncoder().encode(value);
}
