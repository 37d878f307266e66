import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ConvCase, describeCase, disagreements } from "./convCase.ts";

const { cases }: { cases: ConvCase[] } = JSON.parse(readFileSync(new URL("conv.json", import.meta.url), "utf8"));

describe.each(["layer", "function"] as const)("PyTorch's numbers, through the %s", (face) => {
  test.each(cases.map((given) => [describeCase(given), given] as const))("%s", (_, given) => {
    expect(disagreements(given, face)).toEqual([]);
  });
});

describe("the frozen configurations have every value of every option", () => {
  const seen = (value: (given: ConvCase) => unknown): unknown[] => [...new Set(cases.map(value))].sort();
  const option = (name: keyof ConvCase["options"]) => (given: ConvCase) => given.options[name] ?? "default";
  const rule = ({ options: { padding } }: ConvCase): unknown => {
    if (!Array.isArray(padding)) return typeof padding;
    const [before, after] = padding;
    return before === after ? "equal sides" : before === 0 ? "after" : after === 0 ? "before" : "both sides";
  };
  const longer = (given: ConvCase): boolean =>
    given.length < Number(given.options.dilation ?? 1) * (given.kernelSize - 1) + 1;

  test.each([
    ["layer", seen(({ layer }) => layer), ["Conv1d", "ConvTranspose1d"]],
    ["dtype", seen(({ dtype }) => dtype), ["float32", "float64"]],
    ["kernelSize", seen(({ kernelSize }) => kernelSize), [1, 2, 3, 4, 5]],
    ["stride", seen(option("stride")), [1, 2, 3, 4, "default"]],
    ["dilation", seen(option("dilation")), [1, 2, 3, "default"]],
    ["groups", seen(option("groups")), [1, 2, 3, "default"]],
    ["paddingMode", seen(option("paddingMode")), ["circular", "default", "reflect", "replicate", "zeros"]],
    ["outputPadding", seen(option("outputPadding")), [0, 1, 2, 3, "default"]],
    ["batch", seen(({ batch }) => batch), [0, 1, 2, 3, null]],
    ["bias", seen(({ bias }) => bias), [false, true]],
    ["an output length", seen(({ outputLength }) => outputLength !== null), [false, true]],
    ["a kernel longer than the input", seen(longer), [false, true]],
    ["sides", seen(rule), ["after", "before", "both sides", "equal sides", "number", "string", "undefined"]],
  ])("%s", (_, found, expected) => {
    expect(found).toEqual(expected);
  });

  test("both layers × four modes × five kinds of padding × both dtypes × exact and rounded values", () => {
    const kind = ({ options: { padding = 0 } }: ConvCase): string =>
      typeof padding === "string" ? padding : Array.isArray(padding) ? "pair" : "number";
    const combination = (given: ConvCase): string =>
      [given.layer, given.options.paddingMode ?? "zeros", kind(given), given.dtype, given.values].join(" ");
    expect(seen(combination)).toHaveLength(2 * 4 * 5 * 2 * 2);
  });

  test("an output padding of a stride and more", () => {
    const beyond = cases.filter(({ options: { outputPadding = 0, stride = 1 } }) => outputPadding >= stride);
    expect(beyond.length).toBeGreaterThan(5);
  });
});
