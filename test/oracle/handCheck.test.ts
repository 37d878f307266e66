import { F, nn, type Tensor, tensor } from "atrous";
import { describe, expect, test } from "vitest";
import type { ConvTranspose1dLayerOptions } from "../../src/nn/convolution/convTranspose1d.ts";

/** Small enough to be checked with a pencil; what the numbers mean is in the doc comments of conv1d and convTranspose1d. */
const row = (...values: number[]): Tensor => tensor([values], { dtype: "float64" });
const taps = (...values: number[]): Tensor => tensor([[values]], { dtype: "float64" });
const numbers = (y: Tensor): number[] => [...(y.dataSync() as Float64Array)];

describe("conv1d of 1 2 3 4 5 with 1 2 3 and two samples on each side", () => {
  test.each([
    ["zeros", [3, 8, 14, 20, 26, 14, 5]],
    ["reflect", [10, 10, 14, 20, 26, 26, 22]],
    ["replicate", [6, 9, 14, 20, 26, 29, 30]],
    ["circular", [17, 13, 14, 20, 26, 17, 13]],
  ] as const)("%s", (paddingMode, expected) => {
    expect(numbers(F.conv1d(row(1, 2, 3, 4, 5), taps(1, 2, 3), null, { padding: 2, paddingMode }))).toEqual(expected);
  });
});

describe("conv1d of 1 2 3 4 5 with 1 2 3 4: how much is padded", () => {
  test.each([
    ["same", [20, 30, 40, 26, 14]], // one before, two after: the odd sample comes last
    ["valid", [30, 40]],
    ["causal", [4, 11, 20, 30, 40]],
    [0, [30, 40]],
    [1, [20, 30, 40, 26]],
    [
      [1, 0],
      [20, 30, 40],
    ],
    [
      [0, 2],
      [30, 40, 26, 14],
    ],
  ] as const)("%o", (padding, expected) => {
    expect(numbers(F.conv1d(row(1, 2, 3, 4, 5), taps(1, 2, 3, 4), null, { padding }))).toEqual(expected);
  });
});

describe("convTranspose1d of 1 10 100 with 1 2 3", () => {
  const settings = {
    "padding 1": { padding: 1 },
    "stride 2, padding 1, outputPadding 1": { stride: 2, padding: 1, outputPadding: 1 },
    "stride 2, padding 2": { stride: 2, padding: 2 },
    "dilation 2, padding [1, 2]": { dilation: 2, padding: [1, 2] },
  } as const;
  const table = {
    zeros: [
      [12, 123, 230],
      [2, 13, 20, 130, 200, 300],
      [13, 20, 130],
      [10, 102, 20, 203],
    ],
    reflect: [
      [12, 424, 230],
      [2, 14, 20, 130, 200, 300],
      [313, 222, 131],
      [10, 403, 50, 203],
    ],
    replicate: [
      [13, 123, 530],
      [3, 13, 20, 130, 200, 300],
      [16, 20, 630],
      [11, 102, 20, 533],
    ],
    circular: [
      [312, 123, 231],
      [2, 13, 20, 130, 200, 301],
      [213, 321, 132],
      [40, 402, 20, 204],
    ],
  } as const;
  const cells = Object.entries(table).flatMap(([mode, rows]) =>
    Object.entries(settings).map(
      ([name, options], i) => [mode as keyof typeof table, name, options, rows[i]!] as const,
    ),
  );
  test.each(cells)("%s, %s", (paddingMode, _, options, expected) => {
    const y = F.convTranspose1d(row(1, 10, 100), taps(1, 2, 3), null, { ...options, paddingMode });
    expect(numbers(y)).toEqual(expected);
  });
});

describe("what a transposed convolution never reaches holds the bias", () => {
  const layer = (kernelSize: number, options: ConvTranspose1dLayerOptions): nn.ConvTranspose1d => {
    const made = new nn.ConvTranspose1d(1, 1, kernelSize, { ...options, dtype: "float64" });
    made.loadStateDict({ weight: taps(...Array<number>(kernelSize).fill(1)), bias: tensor([7], { dtype: "float64" }) });
    return made;
  };

  test("holes between windows of three at a stride of four, and an output padding of three", () => {
    const y = layer(3, { stride: 4, outputPadding: 3 }).forward(row(1, 1));
    expect(numbers(y)).toEqual([8, 8, 8, 7, 8, 8, 8, 7, 7, 7]);
  });

  test("an output padding within the padding uncovers what was cropped instead", () => {
    const cropped = layer(3, { stride: 2, padding: 1 }).forward(row(1, 1));
    const uncovered = layer(3, { stride: 2, padding: 1, outputPadding: 1 }).forward(row(1, 1));
    expect(numbers(cropped)).toEqual([8, 9, 8]);
    expect(numbers(uncovered)).toEqual([8, 9, 8, 8]);
  });

  test("an output length overrides the output padding", () => {
    const y = layer(3, { stride: 4, outputPadding: 3 }).forward(row(1, 1), { outputLength: 8 });
    expect(numbers(y)).toEqual([8, 8, 8, 7, 8, 8, 8, 7]);
  });

  test("the bias is added once, after the fold", () => {
    const y = layer(3, { padding: 1, paddingMode: "circular" }).forward(row(1, 10, 100));
    expect(numbers(y)).toEqual([111 + 7, 111 + 7, 111 + 7]);
  });
});

/**
 * TensorFlow's and MindSpore's "same" for a transposed convolution: L · stride samples, of which max(effective kernel − stride, 0)
 * were cropped, the odd one at the end. Here it is explicit padding, and output padding where the stride is the longer.
 */
describe("convTranspose1d of 1 1 1 with 1 2 3 …, cropped to three times the stride", () => {
  test.each([
    [3, 1, [3, 6, 5]],
    [2, 1, [1, 3, 3]],
    [4, 1, [3, 6, 9]],
    [3, 2, [1, 2, 4, 2, 4, 2]],
    [4, 2, [2, 4, 6, 4, 6, 3]],
    [2, 3, [1, 2, 0, 1, 2, 0, 1, 2, 0]],
  ])("kernel %i, stride %i", (kernelSize, stride, expected) => {
    const crop = Math.max(kernelSize - stride, 0);
    const before = Math.floor(crop / 2);
    const w = taps(...Array.from({ length: kernelSize }, (_, k) => k + 1));
    const outputPadding = Math.max(stride - kernelSize, 0);
    const y = F.convTranspose1d(row(1, 1, 1), w, null, { stride, padding: [before, crop - before], outputPadding });
    expect(numbers(y)).toEqual(expected);
  });
});
