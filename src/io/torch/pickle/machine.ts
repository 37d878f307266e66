import { Tensor } from "../../../graph/tensor.ts";
import { describe } from "./arguments.ts";
import { build } from "./build.ts";
import { Constructor, type Host } from "./host.ts";

/** Limits that no checkpoint comes near: a tensor takes about 8 objects. */
const MAX_OBJECTS = 1_000_000;
const MAX_MARKS = 1000;

/**
 * Bytes that a file must have for each object that its pickle makes, beside those that every file has for free. A dict takes 200 bytes of
 * memory and a tensor 300, of one operation each or five; in the densest files that Python writes they are 7 and 37 bytes.
 */
const FREE_BYTES = 2 ** 16;
const costOf = (value: unknown): number => {
  if (value instanceof Map || value instanceof Set) return 5;
  return value instanceof Tensor ? 12 : 1;
};

/** A stack, marks in it, and a memo of what has been on it. */
export class Machine {
  readonly host: Host;
  readonly #stack: unknown[] = [];
  /** Heights of the stack below which nothing is taken before the mark is. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, unknown>();
  /** What BUILD replaced: an array of NumPy comes empty, is remembered, and is filled after that. */
  readonly #built = new Map<unknown, unknown>();
  #objects = 0;
  #free: number;

  constructor(host: Host) {
    this.host = host;
    this.#free = FREE_BYTES + host.fileSize;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  /** Puts something new there that takes memory by itself. */
  create(value: unknown): void {
    if (++this.#objects > MAX_OBJECTS) this.host.fail(`the pickle makes more than ${MAX_OBJECTS} objects`);
    this.#charge(costOf(value));
    this.#stack.push(value);
  }

  pop(): unknown {
    this.#checkTop();
    return this.#stack.pop();
  }

  top(): unknown {
    this.#checkTop();
    return this.#stack.at(-1);
  }

  mark(): void {
    if (this.#marks.length >= MAX_MARKS) this.host.fail(`the pickle has more than ${MAX_MARKS} open marks`);
    this.#marks.push(this.#stack.length);
  }

  popMark(): unknown[] {
    const height = this.#marks.pop();
    return height === undefined
      ? this.host.fail("the pickle ends a list that has no mark")
      : this.#stack.splice(height);
  }

  put(index: number): void {
    if (!this.#memo.has(index)) this.#charge(1);
    this.#memo.set(index, this.top());
  }

  memoise(): void {
    this.put(this.#memo.size);
  }

  get(index: number): void {
    if (!this.#memo.has(index)) this.host.fail(`the pickle refers to memo ${index}, where nothing is`);
    const value = this.#memo.get(index);
    this.#stack.push(this.#built.get(value) ?? value);
  }

  append(items: readonly unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) this.host.fail(`the pickle appends to ${describe(list)}`);
    for (const item of items) list.push(item);
  }

  add(items: readonly unknown[]): void {
    const set = this.top();
    if (!(set instanceof Set)) this.host.fail(`the pickle adds to ${describe(set)}, which is no set`);
    for (const item of items) set.add(item);
  }

  /** Keys and values in turn. */
  setItems(items: readonly unknown[]): void {
    const map = this.top();
    if (!(map instanceof Map)) this.host.fail(`the pickle sets items of ${describe(map)}`);
    if (items.length % 2 !== 0) this.host.fail("the pickle has a dict with a key that has no value");
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  /** Calls what is one of ours, and nothing else. */
  construct(called: unknown, given: unknown): void {
    if (!(called instanceof Constructor)) this.host.fail(`the pickle calls ${describe(called)}`);
    if (!Array.isArray(given)) this.host.fail(`the pickle calls ${called.name} with ${describe(given)}`);
    this.create(called.make(given, this.host));
  }

  build(): void {
    const state = this.pop();
    const object = this.pop();
    const built = build(object, state, this.host);
    if (built !== object) this.#built.set(object, built);
    this.#stack.push(built);
  }

  #charge(bytes: number): void {
    this.#free -= bytes;
    if (this.#free < 0) this.host.fail("the pickle makes more objects than a file of its size can mean");
  }

  #checkTop(): void {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0))
      this.host.fail("the pickle takes something from an empty stack");
  }
}
