import { show } from "../../core/options.ts";
import type { Fail } from "../bytes/fail.ts";

/** Sizes in a file are small, and their products must be countable. */
const LARGEST = 2 ** 24;

/**
 * An object of a .nam file, or one that is to become part of one, whose fields are read one by one. Each is checked; `null` is as good
 * as nothing; one that nobody has asked for is refused, because it may change what the others mean.
 */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  readonly #where: string;
  readonly #fail: Fail;
  readonly #asked = new Set<string>();

  /** @param where what the object is in messages: "config.layers[0]" */
  constructor(value: unknown, where: string, fail: Fail) {
    if (value instanceof Map) this.#values = value;
    else if (typeof value === "object" && value !== null && !Array.isArray(value))
      this.#values = new Map(Object.entries(value));
    else fail(`${where} must be an object, got ${show(value)}`);
    this.#where = where;
    this.#fail = fail;
  }

  /** The field as it is; `undefined` where there is none, or `null`. */
  value(name: string): unknown {
    this.#asked.add(name);
    return this.#values.get(name) ?? undefined;
  }

  /** What the field is in messages. */
  path(name: string): string {
    return `${this.#where}.${name}`;
  }

  /** The first of several names of a field that is there, else the first. */
  nameOf(...names: readonly string[]): string {
    return names.find((name) => this.value(name) !== undefined) ?? names[0]!;
  }

  count(name: string, fallback?: number): number {
    return checkCount(this.value(name) ?? fallback, this.path(name), this.#fail);
  }

  boolean(name: string, fallback?: boolean): boolean {
    const value = this.value(name) ?? fallback;
    return typeof value === "boolean"
      ? value
      : this.#fail(`${this.path(name)} must be true or false, got ${show(value)}`);
  }

  number(name: string, fallback?: number): number {
    return checkNumber(this.value(name) ?? fallback, this.path(name), this.#fail);
  }

  text(name: string): string {
    const value = this.value(name);
    return typeof value === "string" ? value : this.#fail(`${this.path(name)} must be a string, got ${show(value)}`);
  }

  list(name: string): readonly unknown[] {
    const value = this.value(name);
    return Array.isArray(value) ? value : this.#fail(`${this.path(name)} must be an array, got ${show(value)}`);
  }

  counts(name: string): number[] {
    return this.list(name).map((value, i) => checkCount(value, `${this.path(name)}[${i}]`, this.#fail));
  }

  /** One value for each of `length` layers: an array of them, or one for all. */
  perLayer(name: string, length: number): readonly unknown[] {
    const value = this.value(name);
    if (!Array.isArray(value)) return new Array(length).fill(value);
    if (value.length !== length)
      this.#fail(`${this.path(name)} has ${value.length} elements for ${length} layers, one per dilation`);
    return value;
  }

  object(name: string): Fields {
    return new Fields(this.value(name), this.path(name), this.#fail);
  }

  /** To be called when all known fields have been asked for. */
  end(): void {
    for (const [name, value] of this.#values)
      if (!this.#asked.has(name) && value !== null && value !== undefined)
        this.#fail(`${this.path(name)} is not known here`);
  }
}

function checkCount(value: unknown, where: string, fail: Fail): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LARGEST) return value as number;
  return fail(`${where} must be an integer in 1..${LARGEST}, got ${show(value)}`);
}

/** A number that float32 can hold, since all are computed with so. */
export function checkNumber(value: unknown, where: string, fail: Fail): number {
  if (typeof value === "number" && Number.isFinite(Math.fround(value))) return value;
  return fail(`${where} must be a finite number, got ${show(value)}`);
}
