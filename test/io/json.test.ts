/** Our JSON against the engine's: the same values, the same refusals, and what it does not refuse. */
import { FormatError } from "atrous";
import fc from "fast-check";
import { expect, test } from "vitest";
import { failing } from "../../src/io/bytes/fail.ts";
import { type Json, parseJson } from "../../src/io/bytes/json.ts";

const parse = (text: string): Json => parseJson(text, failing("test"));

/** With Maps as objects, the way `JSON.parse` would have it. */
function native(json: Json): unknown {
  if (json instanceof Map) return Object.fromEntries(Array.from(json, ([key, value]) => [key, native(value)]));
  return Array.isArray(json) ? json.map(native) : json;
}

test("any JSON, however it is spaced", () => {
  fc.assert(
    fc.property(fc.json(), fc.constantFrom(undefined, 1, "\t", "\r\n"), (text, space) => {
      const value = JSON.parse(text);
      expect(native(parse(JSON.stringify(value, null, space)))).toEqual(value);
    }),
  );
});

test("any text made of pieces of JSON is accepted or refused as JSON.parse does", () => {
  const pieces = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    '"a"',
    "\\",
    "\\u00e9",
    "1",
    "-",
    "0",
    ".5",
    "e3",
    "true",
    "null",
    "nul",
    " ",
    "\n",
    "\u0001",
    "é",
  ];
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 6 }), (parts) => {
      const text = parts.join("");
      let expected: unknown;
      try {
        expected = JSON.parse(text);
      } catch {
        expect(() => parse(text)).toThrow(FormatError);
        return;
      }
      // Two keys that are the same would differ.
      expect(native(parse(text))).toEqual(expected);
      accepted++;
    }),
    { numRuns: 5000 },
  );
  expect(accepted).toBeGreaterThan(50);
});

test("objects are Maps in the order of the text", () => {
  const json = parse('{"10": 1, "__proto__": {"x": 1e+05}, "9": "\\u0041\\"\\\\"}') as Map<string, Json>;
  expect([...json.keys()]).toEqual(["10", "__proto__", "9"]);
  expect(json.get("__proto__")).toEqual(new Map([["x", 100_000]]));
  expect(json.get("9")).toBe('A"\\');
});

test.each<[string, string]>([
  ["", "the text is not JSON: it ends early, at character 0"],
  ['{"a": 1, "a": 2}', 'the text has a duplicate key "a"'],
  ['[{"\\u0061": 1, "a": 2}]', 'the text has a duplicate key "a"'],
  ['["a', "the text is not JSON: a string does not end, at character 1"],
  ['"a\\"', "the text is not JSON: a string does not end, at character 0"],
  ['"a\u0001"', "the text is not JSON: a string or number is malformed, at character 0"],
  ["[01]", "the text is not JSON: a string or number is malformed, at character 1"],
  ["[1 2]", 'the text is not JSON: unexpected "2", at character 3'],
  ["[1,]", 'the text is not JSON: unexpected "]", at character 3'],
  ["{a: 1}", 'the text is not JSON: unexpected "a", at character 1'],
  ["{} {}", 'the text is not JSON: unexpected "{", at character 3'],
  ["NaN", 'the text is not JSON: unexpected "N", at character 0'],
  [`${"[".repeat(66)}${"]".repeat(66)}`, "the text is JSON nested deeper than 64 levels"],
  [`[${"[],".repeat(20_000)}1]`, "the text has more objects and arrays than its length allows"],
])("%j", (text, message) => {
  expect(() => parse(text)).toThrow(new FormatError(`test: ${message}`));
});

test("64 levels are read, and 10 000 brackets of nothing", () => {
  expect(parse(`${"[".repeat(65)}${"]".repeat(65)}`)).toBeInstanceOf(Array);
  expect(parse(`[${"[],".repeat(9_999)}1]`)).toHaveLength(10_000);
});
