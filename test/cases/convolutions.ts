import type { Conv1dGeometry } from "../../src/core/geometry.ts";

/** A geometry that a wrong implementation gets wrong. */
export interface ConvolutionCase {
  readonly name: string;
  readonly geometry: Conv1dGeometry;
}

/** A geometry as one writes it: what is left out is 1, or 0 for padding. */
interface Written {
  batch?: number;
  /** Channels of x and of g, of all groups. */
  channels?: readonly [number, number];
  groups?: number;
  kernelSize?: number;
  stride?: number;
  dilation?: number;
  /** Samples before and after; the latter is in no geometry and only makes `gLength`. */
  padding?: readonly [number, number];
  xLength: number;
  /** As many as there are windows, unless given. */
  gLength?: number;
}

function geometryOf(written: Written): Conv1dGeometry {
  const { batch = 1, channels = [1, 1], groups = 1, kernelSize = 1, stride = 1, dilation = 1 } = written;
  const { padding: [padBefore, padAfter] = [0, 0], xLength } = written;
  const room = xLength + padBefore + padAfter - dilation * (kernelSize - 1) - 1;
  const gLength = written.gLength ?? Math.floor(room / stride) + 1;
  const [inChannels, outChannels] = channels;
  return { batch, inChannels, outChannels, groups, kernelSize, stride, dilation, padBefore, xLength, gLength };
}

const family = (name: string, all: readonly Written[]): ConvolutionCase[] =>
  all.map((written) => {
    const geometry = geometryOf(written);
    const { batch, inChannels, outChannels, groups, kernelSize, stride, dilation, padBefore, xLength, gLength } =
      geometry;
    const size = `${batch} × ${inChannels} × ${xLength} → ${outChannels} × ${gLength}`;
    const options = `k${kernelSize} s${stride} d${dilation} g${groups} p${padBefore}`;
    return { name: `${name}: ${size}, ${options}`, geometry };
  });

/** One below, at and above every width that tiles have (8, 16, 24), and twice that. */
const WIDTH_EDGES = [7, 8, 9, 11, 12, 13, 15, 16, 17, 23, 24, 25, 31, 32, 33, 47, 48, 49];

/** Channels such that the tile of each kernel is one row, two, three, four, and a remainder. */
const ROWS: readonly (readonly [number, number])[] = [
  [1, 1],
  [2, 1],
  [3, 2],
  [4, 3],
  [2, 4],
  [5, 7],
];

export const convolutions: readonly ConvolutionCase[] = [
  ...family(
    "short",
    [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((xLength) => [
      { xLength, kernelSize: 3, padding: [1, 1], channels: [3, 5] },
      { xLength, kernelSize: 4, padding: [3, 0], channels: [9, 6], batch: 2 },
      { xLength, kernelSize: 1, channels: [8, 4], batch: xLength % 4 },
      { xLength, kernelSize: 7, padding: [4, 5], dilation: 2, channels: [2, 13], gLength: 3 },
    ]),
  ),
  ...family(
    "edge of a tile",
    WIDTH_EDGES.flatMap((xLength, i) => [
      { xLength, kernelSize: 3, padding: [1, 1], channels: ROWS[i % ROWS.length]! },
      { xLength: xLength + 1, kernelSize: 2, channels: ROWS[(i + 2) % ROWS.length]!, batch: 2 },
      { xLength: 2 * xLength, kernelSize: 3, stride: 2, padding: [2, 1], channels: ROWS[(i + 3) % ROWS.length]! },
    ]),
  ),
  ...family(
    "edge of a panel",
    [127, 128, 129, 255, 256, 257, 384, 511, 512, 513].flatMap((xLength, i) => [
      { xLength, kernelSize: 3, padding: [1, 1], channels: ROWS[i % ROWS.length]! },
      { xLength, kernelSize: 2, padding: [0, 1], dilation: 5, channels: ROWS[(i + 1) % ROWS.length]! },
      { xLength: xLength + 2, kernelSize: 3, channels: ROWS[(i + 4) % ROWS.length]!, batch: 3 },
    ]),
  ),
  ...family("edge of a panel of phases", [
    ...[251, 253, 254, 255, 256, 257, 258].map((xLength) => ({
      xLength,
      kernelSize: 4,
      stride: 2,
      padding: [1, 1] as const,
    })),
    ...[383, 384, 385, 386, 387].map((xLength) => ({ xLength, kernelSize: 7, stride: 3, padding: [2, 3] as const })),
    { xLength: 520, kernelSize: 16, stride: 8, padding: [4, 4], channels: [5, 3] },
    { xLength: 1030, kernelSize: 3, stride: 8, channels: [2, 2] },
  ]),
  ...family("a long row", [
    { xLength: 2047, kernelSize: 3, padding: [1, 1], channels: [1, 1] },
    { xLength: 2048, kernelSize: 3, padding: [1, 1], channels: [2, 1] },
    { xLength: 2049, kernelSize: 3, padding: [1, 1], channels: [1, 2] },
    { xLength: 4200, kernelSize: 2, padding: [0, 1], dilation: 3, channels: [3, 1] },
    { xLength: 1100, kernelSize: 9, padding: [4, 4], channels: [12, 1] },
  ]),
  ...family(
    "channels",
    [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((count) => [
      { xLength: 19, kernelSize: 3, padding: [1, 1], channels: [count, 10 - count] },
      { xLength: 5, kernelSize: 2, padding: [1, 0], channels: [count, count + 3], batch: 3 },
      { xLength: 40, kernelSize: 4, stride: 2, padding: [1, 1], channels: [10 - count, count] },
    ]),
  ),
  ...family("many channels", [
    { xLength: 6, channels: [33, 37] },
    { xLength: 1, channels: [65, 35] },
    { xLength: 2, channels: [17, 18], kernelSize: 2, padding: [1, 0] },
    { xLength: 20, channels: [18, 33], kernelSize: 2 },
  ]),
  ...family("groups", [
    { xLength: 30, kernelSize: 3, padding: [1, 1], channels: [5, 5], groups: 5 },
    { xLength: 30, kernelSize: 3, padding: [2, 0], channels: [3, 9], groups: 3, batch: 2 },
    { xLength: 30, kernelSize: 3, padding: [0, 2], channels: [9, 3], groups: 3, batch: 2 },
    { xLength: 17, kernelSize: 5, padding: [2, 2], channels: [6, 10], groups: 2 },
    { xLength: 4, kernelSize: 3, padding: [1, 1], channels: [6, 10], groups: 2 },
    { xLength: 3, kernelSize: 2, padding: [1, 0], channels: [10, 15], groups: 5, batch: 2 },
    { xLength: 1, channels: [8, 16], groups: 4, batch: 3 },
    { xLength: 33, kernelSize: 4, stride: 2, padding: [1, 2], channels: [6, 4], groups: 2, batch: 2 },
    { xLength: 50, kernelSize: 6, stride: 3, padding: [1, 2], channels: [4, 4], groups: 4 },
    { xLength: 270, kernelSize: 31, padding: [15, 15], channels: [3, 3], groups: 3 },
  ]),
  ...family(
    "batch",
    [0, 1, 3].flatMap((batch) => [
      { batch, xLength: 10, kernelSize: 3, padding: [1, 1], channels: [2, 3] },
      { batch, xLength: 4, kernelSize: 3, padding: [1, 1], channels: [3, 5] },
      { batch, xLength: 11, kernelSize: 4, stride: 3, padding: [1, 1], channels: [3, 2] },
      { batch, xLength: 260, kernelSize: 2, channels: [2, 1] },
    ]),
  ),
  ...family("padding", [
    { xLength: 10, kernelSize: 3, padding: [5, 0] },
    { xLength: 10, kernelSize: 3, padding: [0, 5], channels: [2, 3] },
    { xLength: 3, kernelSize: 2, padding: [20, 30], channels: [2, 5] },
    { xLength: 1, kernelSize: 2, padding: [40, 1], channels: [4, 1], batch: 2 },
    { xLength: 5, kernelSize: 3, padding: [300, 3], channels: [1, 4] },
    { xLength: 5, kernelSize: 3, stride: 4, padding: [33, 9], channels: [2, 3] },
    { xLength: 5, kernelSize: 2, stride: 2, dilation: 3, padding: [7, 0], channels: [3, 3] },
    { xLength: 9, kernelSize: 5, padding: [4, 0], dilation: 2, channels: [4, 4], batch: 2, gLength: 9 },
  ]),
  ...family("a kernel longer than the signal", [
    { xLength: 1, kernelSize: 5, padding: [2, 2], channels: [2, 3] },
    { xLength: 2, kernelSize: 9, padding: [4, 4], channels: [3, 5] },
    { xLength: 3, kernelSize: 3, dilation: 10, padding: [10, 10], channels: [5, 4] },
    { xLength: 4, kernelSize: 64, padding: [40, 60], channels: [2, 2] },
    { xLength: 2, kernelSize: 6, stride: 2, padding: [3, 3], channels: [2, 5] },
  ]),
  ...family("stride", [
    { xLength: 31, kernelSize: 2, stride: 3, channels: [2, 3] },
    { xLength: 31, kernelSize: 1, stride: 2, channels: [5, 4] },
    { xLength: 60, kernelSize: 2, stride: 7, padding: [3, 0], channels: [3, 2], batch: 2 },
    { xLength: 60, kernelSize: 3, stride: 5, padding: [1, 1], channels: [1, 1] },
    { xLength: 40, kernelSize: 8, stride: 4, padding: [2, 2], channels: [4, 5] },
    { xLength: 41, kernelSize: 8, stride: 4, padding: [2, 2], channels: [4, 5], batch: 2 },
    { xLength: 20, kernelSize: 3, stride: 20, padding: [1, 1], channels: [2, 2] },
    { xLength: 700, kernelSize: 5, stride: 2, padding: [2, 2], channels: [3, 4] },
  ]),
  ...family(
    "stride and dilation",
    (
      [
        [2, 2],
        [2, 3],
        [3, 2],
        [3, 3],
        [4, 2],
        [2, 4],
        [6, 4],
        [4, 6],
        [5, 7],
        [9, 6],
      ] as const
    ).flatMap(([stride, dilation], i) => [
      { xLength: 47 + i, kernelSize: 3, stride, dilation, padding: [2, 3], channels: ROWS[i % ROWS.length]! },
      {
        xLength: 90,
        kernelSize: 1 + (i % 6),
        stride,
        dilation,
        padding: [i, 9],
        channels: [4, 2],
        batch: 2,
        groups: 2,
      },
    ]),
  ),
  ...family("wide holes", [
    { xLength: 300, kernelSize: 3, dilation: 128, padding: [128, 128], channels: [2, 3] },
    { xLength: 300, kernelSize: 3, dilation: 129, padding: [129, 129], channels: [3, 2] },
    { xLength: 700, kernelSize: 2, dilation: 256, padding: [0, 256], channels: [2, 2] },
    { xLength: 700, kernelSize: 2, dilation: 257, padding: [257, 0], channels: [2, 2] },
    { xLength: 50, kernelSize: 3, dilation: 1000, padding: [1000, 1000], channels: [3, 3] },
    { xLength: 900, kernelSize: 3, dilation: 131, stride: 3, padding: [100, 7], channels: [1, 2] },
  ]),
  ...family("long kernels", [
    { xLength: 150, kernelSize: 128, padding: [64, 63], channels: [2, 2] },
    { xLength: 40, kernelSize: 400, padding: [200, 200], channels: [2, 3] },
    { xLength: 9, kernelSize: 64, padding: [32, 31], channels: [9, 5] },
    { xLength: 300, kernelSize: 128, stride: 2, padding: [64, 63], channels: [3, 1] },
    { xLength: 100, kernelSize: 33, stride: 4, dilation: 3, padding: [48, 48], channels: [2, 3] },
  ]),
  ...family("sums in portions", [
    { xLength: 12, kernelSize: 3, padding: [1, 1], channels: [130, 2] },
    { xLength: 12, kernelSize: 3, padding: [1, 1], channels: [2, 130] },
    { xLength: 5, kernelSize: 3, padding: [1, 1], channels: [130, 4] },
    { xLength: 26, channels: [385, 1] },
    { xLength: 26, channels: [3, 386] },
    { xLength: 24, kernelSize: 2, stride: 2, channels: [200, 5] },
    { xLength: 24, kernelSize: 2, stride: 2, channels: [5, 200] },
    { xLength: 5, channels: [257, 1] },
    { xLength: 24, kernelSize: 8, stride: 2, padding: [3, 3], channels: [5, 200] },
    { xLength: 30, kernelSize: 64, stride: 2, padding: [32, 31], channels: [3, 15], batch: 2 },
    { xLength: 12, kernelSize: 2, stride: 3, channels: [2, 385] },
  ]),
  ...family("lengths that do not belong together", [
    { xLength: 20, gLength: 5, kernelSize: 3, channels: [2, 3] },
    { xLength: 300, gLength: 17, kernelSize: 3, stride: 2, channels: [3, 2] },
    { xLength: 5, gLength: 30, kernelSize: 3, padding: [1, 0], channels: [3, 5] },
    { xLength: 5, gLength: 300, kernelSize: 2, stride: 3, channels: [2, 4] },
    { xLength: 23, kernelSize: 3, stride: 10, padding: [1, 0], channels: [2, 2] },
    { xLength: 90, gLength: 4, kernelSize: 2, stride: 4, dilation: 2, channels: [5, 5], batch: 2 },
    { xLength: 7, gLength: 1, kernelSize: 7, channels: [4, 8], batch: 3 },
  ]),
];
