/** Python literals, as far as NumPy's headers have them: strings, integers, True, False, None, tuples, lists and dicts. */
import { show } from "../../core/options.ts";
import type { Fail } from "../bytes/fail.ts";

export type Literal = null | boolean | number | string | readonly Literal[] | ReadonlyMap<string, Literal>;

/** A string without escapes; an integer, perhaps a long one of Python 2; a name; a bracket, comma or colon. */
const token = /\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)"|(-?\d+)L?(?!\w)|([A-Za-z_]\w*)|([[\](){},:]))\s*/y;

const words = new Map<string | undefined, null | boolean>([
  ["True", true],
  ["False", false],
  ["None", null],
]);
const closing = new Map<string | undefined, string>([
  ["(", ")"],
  ["[", "]"],
  ["{", "}"],
]);

/** Deep enough for any dtype, which is where headers nest. */
const DEEPEST = 16;

interface Token {
  /** A string, a number, True, False or None. */
  readonly value?: Literal;
  readonly mark?: string;
}

/**
 * The value that `text` spells. Nothing is evaluated: there are no expressions.
 *
 * @throws through `fail`
 */
export function parseLiteral(text: string, fail: Fail): Literal {
  const tokens = tokenize(text, fail);
  let at = 0;
  const unexpected = (): never => {
    const { mark, value } = tokens[at] ?? {};
    return fail(at < tokens.length ? `the header has an unexpected ${show(mark ?? value)}` : "the header ends early");
  };

  function value(depth: number): Literal {
    const first = tokens[at];
    if (first?.value !== undefined) {
      at++;
      return first.value;
    }
    const close = closing.get(first?.mark);
    if (close === undefined) return unexpected();
    if (depth === DEEPEST) fail(`the header is nested deeper than ${DEEPEST} levels`);
    at++;
    return first!.mark === "{" ? dict(close, depth) : sequence(close, depth);
  }

  function sequence(close: string, depth: number): Literal {
    const items: Literal[] = [];
    let comma = false;
    for (; tokens[at]?.mark !== close; comma = taken(",", close)) items.push(value(depth + 1));
    at++;
    // Brackets alone make no tuple: (3) is 3.
    return close === ")" && items.length === 1 && !comma ? items[0]! : items;
  }

  function dict(close: string, depth: number): Literal {
    const entries = new Map<string, Literal>();
    for (; tokens[at]?.mark !== close; taken(",", close)) {
      const key = tokens[at]?.value;
      if (typeof key !== "string") return unexpected();
      if (entries.has(key)) fail(`the header has a duplicate key ${show(key)}`);
      at++;
      if (!taken(":")) unexpected();
      entries.set(key, value(depth + 1));
    }
    at++;
    return entries;
  }

  /** Whether the next token is `mark`, which is then passed; where it is not, only `instead` may be next. */
  function taken(mark: string, instead?: string): boolean {
    if (tokens[at]?.mark !== mark) return tokens[at]?.mark === instead && instead !== undefined ? false : unexpected();
    at++;
    return true;
  }

  const result = value(0);
  return at < tokens.length ? unexpected() : result;
}

function tokenize(text: string, fail: Fail): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; at = token.lastIndex) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) return fail(`the header has something else than a Python literal at character ${at}`);
    const [, single, double, integer, word, mark] = found;
    if (word !== undefined && !words.has(word)) fail(`the header has an unexpected ${show(word)}`);
    if (mark !== undefined) tokens.push({ mark });
    else tokens.push({ value: single ?? double ?? (integer === undefined ? words.get(word)! : Number(integer)) });
  }
  return tokens;
}
