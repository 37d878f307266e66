/** JSON from files: as `JSON.parse`, but strict about keys, and with Maps, so that no name from a file becomes a property. */
import { show } from "../../core/options.ts";
import type { Fail } from "./fail.ts";

/** A value of JSON; objects are Maps in the order of the text, also of names such as "10". */
export type Json = null | boolean | number | string | readonly Json[] | ReadonlyMap<string, Json>;

const DEEPEST = 64;

/** Objects and arrays take some 180 bytes of memory each, of text perhaps 2. So many are allowed, and then one per 12 characters. */
const FREE_CONTAINERS = 10_000;
const CHARACTERS_PER_CONTAINER = 12;

/**
 * The value that `text` says. Of a key given twice `JSON.parse` would keep the last, where other readers keep the first.
 *
 * @param what what the text is, for messages: "the header"
 * @throws through `fail`, also for duplicate keys, for more than 64 levels, and for text that is mostly brackets
 */
export function parseJson(text: string, fail: Fail, what = "the text"): Json {
  const reader = new Reader(text, fail, what);
  const value = reader.value(0);
  reader.end();
  return value;
}

class Reader {
  readonly #text: string;
  readonly #fail: Fail;
  readonly #what: string;
  #at = 0;
  #containers: number;

  constructor(text: string, fail: Fail, what: string) {
    this.#text = text;
    this.#containers = FREE_CONTAINERS + text.length / CHARACTERS_PER_CONTAINER;
    this.#fail = fail;
    this.#what = what;
  }

  value(depth: number): Json {
    if (depth > DEEPEST) this.#fail(`${this.#what} is JSON nested deeper than ${DEEPEST} levels`);
    switch (this.#peek()) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  end(): void {
    if (this.#peek() !== undefined) this.#unexpected();
  }

  #object(depth: number): Map<string, Json> {
    const object = new Map<string, Json>();
    this.#open();
    if (this.#peek() === "}") return this.#skip(object);
    for (;;) {
      if (this.#peek() !== '"') this.#unexpected();
      const key = this.#string();
      if (object.has(key)) this.#fail(`${this.#what} has a duplicate key ${show(key)}`);
      this.#take(":");
      object.set(key, this.value(depth + 1));
      if (this.#peek() === "}") return this.#skip(object);
      this.#take(",");
    }
  }

  #array(depth: number): Json[] {
    const array: Json[] = [];
    this.#open();
    if (this.#peek() === "]") return this.#skip(array);
    for (;;) {
      array.push(this.value(depth + 1));
      if (this.#peek() === "]") return this.#skip(array);
      this.#take(",");
    }
  }

  #open(): void {
    this.#at++;
    if (--this.#containers < 0) this.#fail(`${this.#what} has more objects and arrays than its length allows`);
  }

  #string(): string {
    const start = this.#at;
    let quote = start;
    do quote = this.#text.indexOf('"', quote + 1);
    while (quote !== -1 && this.#isEscaped(quote));
    if (quote === -1) this.#broken("a string does not end", start);
    this.#at = quote + 1;
    const inside = this.#text.slice(start + 1, quote);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    return /[\\\u0000-\u001f]/.test(inside) ? (this.#native(start) as string) : inside;
  }

  /** An odd number of backslashes before a quote makes it part of the string. */
  #isEscaped(quote: number): boolean {
    let at = quote;
    while (this.#text[at - 1] === "\\") at--;
    return (quote - at) % 2 === 1;
  }

  #number(): number {
    const start = this.#at;
    while ("+-.0123456789Ee".includes(this.#text[this.#at] ?? "none")) this.#at++;
    if (this.#at === start) this.#unexpected();
    return this.#native(start) as number;
  }

  /** What the engine makes of the text since `start`, a string or a number. */
  #native(start: number): unknown {
    try {
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch {
      return this.#broken("a string or number is malformed", start);
    }
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#unexpected();
    this.#at += word.length;
    return value;
  }

  /** The next character that is not white space. */
  #peek(): string | undefined {
    while (" \n\r\t".includes(this.#text[this.#at] ?? "none")) this.#at++;
    return this.#text[this.#at];
  }

  #take(character: string): void {
    if (this.#peek() !== character) this.#unexpected();
    this.#at++;
    this.#peek();
  }

  #skip<T>(value: T): T {
    this.#at++;
    return value;
  }

  #unexpected(): never {
    const found = this.#text[this.#at];
    return found === undefined
      ? this.#broken("it ends early", this.#at)
      : this.#broken(`unexpected ${show(found)}`, this.#at);
  }

  #broken(problem: string, at: number): never {
    return this.#fail(`${this.#what} is not JSON: ${problem}, at character ${at}`);
  }
}
