/** What every schedule has to be for the kernels that follow it; that it changes no bit, `test/conformance` shows. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { ModuleBuilder } from "../../../src/backends/wasm/assembler/index.ts";
import type { Emission } from "../../../src/backends/wasm/emission.ts";
import { ofConv1d, ofConv1dInput } from "../../../src/backends/wasm/kernels/convolution/correlation.ts";
import { convolutionOf } from "../../../src/backends/wasm/kernels/convolution/index.ts";
import { schedulePhases } from "../../../src/backends/wasm/kernels/convolution/phases.ts";
import {
  scheduleOf,
  schedulePositions,
  scheduleTiles,
} from "../../../src/backends/wasm/kernels/convolution/schedule.ts";
import { scheduleWeights } from "../../../src/backends/wasm/kernels/convolution/weightGradient.ts";
import type { Conv1dGeometry } from "../../../src/core/geometry.ts";

const upTo = (max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max }));

const geometries: fc.Arbitrary<Conv1dGeometry> = fc
  .record({
    batch: upTo(64),
    groups: upTo(300),
    inPerGroup: upTo(600),
    outPerGroup: upTo(600),
    kernelSize: upTo(1000),
    stride: upTo(300),
    dilation: upTo(2000),
    padBefore: fc.nat({ max: 5000 }),
    xLength: upTo(2_000_000),
    gLength: upTo(2_000_000),
  })
  .map(({ inPerGroup, outPerGroup, ...rest }) => ({
    ...rest,
    inChannels: inPerGroup * rest.groups,
    outChannels: outPerGroup * rest.groups,
  }));

/** What an engine has of vector registers, less those that hold what is multiplied. */
const MOST_SUMS = 8;

test("tiles fit into the registers and the rows, panels are whole tiles", () => {
  fc.assert(
    fc.property(geometries, (geometry) => {
      for (const problem of [ofConv1d(geometry), ofConv1dInput(geometry)]) {
        const { tile, columns, channels, panel } = scheduleTiles(problem);
        expect(tile.rows * tile.vectors).toBeLessThanOrEqual(MOST_SUMS);
        expect(tile.rows).toBeLessThanOrEqual(problem.rows);
        expect(Math.min(tile.rows, tile.vectors, columns, channels)).toBeGreaterThan(0);
        expect(columns % (4 * tile.vectors)).toBe(0);
        expect(channels).toBeLessThanOrEqual(problem.channels);
        if (problem.stride > 1) expect(panel).toBe("tap");
      }
      const { tile, columns } = schedulePhases(geometry);
      expect(columns % (4 * tile.vectors)).toBe(0);
      expect(tile.rows * tile.vectors).toBeLessThanOrEqual(MOST_SUMS);
      expect(Math.min(tile.rows, columns)).toBeGreaterThan(0);
    }),
    { numRuns: 1000 },
  );
});

test("positions are no more than there are", () => {
  fc.assert(
    fc.property(geometries, (geometry) => {
      const problem = ofConv1d(geometry);
      const { tile } = schedulePositions(problem);
      expect(tile.rows * tile.vectors).toBeLessThanOrEqual(MOST_SUMS);
      expect(tile.rows).toBeLessThanOrEqual(problem.batch * problem.outLength);
      expect(4 * (tile.vectors - 1)).toBeLessThan(problem.rows);
    }),
    { numRuns: 1000 },
  );
});

test("weight gradients sum what there is", () => {
  fc.assert(
    fc.property(geometries, (geometry) => {
      const { tile, channels, panel } = scheduleWeights(geometry);
      expect(tile.rows * tile.columns).toBeLessThanOrEqual(MOST_SUMS);
      expect(tile.rows).toBeLessThanOrEqual(geometry.outChannels / geometry.groups);
      expect(channels).toBeLessThanOrEqual(geometry.inChannels / geometry.groups);
      expect(Math.min(tile.rows, channels)).toBeGreaterThan(0);
      if (geometry.stride > 1) expect(panel).toBe("tap");
    }),
    { numRuns: 1000 },
  );
});

test("a few samples of many channels are positions, anything longer tiles", () => {
  const problem = ofConv1d({
    ...{ batch: 1, inChannels: 8, outChannels: 8, groups: 1, kernelSize: 3, stride: 1, dilation: 1, padBefore: 1 },
    ...{ xLength: 4, gLength: 4 },
  });
  expect(scheduleOf(problem).algorithm).toBe("positions");
  expect(scheduleOf({ ...problem, rows: 1 }).algorithm).toBe("tiles");
  expect(scheduleOf({ ...problem, outLength: 400 }).algorithm).toBe("tiles");
});

test("scratch memory does not grow with the signal", () => {
  const scratchOf = (kernel: "conv1d" | "conv1dInput" | "conv1dWeight", geometry: Conv1dGeometry): number => {
    const module = new ModuleBuilder();
    const shared = new Map<string, unknown>();
    const emission = {
      module,
      shared: (key: string, make: () => unknown) => {
        if (!shared.has(key)) shared.set(key, make());
        return shared.get(key);
      },
    } as unknown as Emission;
    return convolutionOf(kernel, geometry, null).emit(emission).scratch;
  };
  for (const stride of [1, 3])
    for (const kernel of ["conv1d", "conv1dInput", "conv1dWeight"] as const) {
      const geometry = { batch: 1, inChannels: 5, outChannels: 6, groups: 1, kernelSize: 3, stride, dilation: 1 };
      const long = { ...geometry, padBefore: 1, xLength: 5_000_000, gLength: Math.floor(5_000_000 / stride) };
      const scratch = scratchOf(kernel, long);
      expect(scratch, kernel).toBeLessThan(1e6);
      expect(scratchOf(kernel, { ...long, batch: 7 }), kernel).toBe(scratch);
    }
});
