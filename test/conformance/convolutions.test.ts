/** The convolutions of the wasm backend against the reference kernels, bit for bit, by every schedule, between guards. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runKernel } from "../../src/backends/reference/kernels.ts";
import type { Conv1dGeometry } from "../../src/core/geometry.ts";
import { convolutions } from "../cases/convolutions.ts";
import { geometries, seeds } from "../properties/arbitraries.ts";
import { filledWith, firstDifference, type Kind, pairs } from "./contents.ts";
import { convolutionMachine, type Sizes } from "./convolutionMachine.ts";
import { type ConvolutionKernel, chosenSchedule, everySchedule } from "./schedules.ts";

/** `ATROUS_EVERYTHING=1` runs every schedule on every case and kind of numbers; without it a fair part of that. */
const EVERYTHING = Boolean(process.env.ATROUS_EVERYTHING);

const KERNELS = ["conv1d", "conv1dInput", "conv1dWeight"] as const;

function sizesOf(kernel: ConvolutionKernel, geometry: Conv1dGeometry): Sizes {
  const { batch, inChannels, outChannels, groups, kernelSize, xLength, gLength } = geometry;
  const x = batch * inChannels * xLength;
  const g = batch * outChannels * gLength;
  const w = (outChannels * inChannels * kernelSize) / groups;
  if (kernel === "conv1d") return { first: x, second: w, out: g };
  return kernel === "conv1dInput" ? { first: g, second: w, out: x } : { first: x, second: g, out: w };
}

/** Whether a kernel with these operands must leave the work to the reference kernel. */
const isRefused = (kernel: ConvolutionKernel, second: Float32Array): boolean =>
  kernel === "conv1dInput" && !second.every(Number.isFinite);

/**
 * Runs schedules on numbers of several kinds, as far as it is their turn; the first difference is an error that says all there is to
 * say.
 */
function check(
  kernel: ConvolutionKernel,
  geometry: Conv1dGeometry,
  contents: readonly (readonly [Kind, Kind])[],
  isTurn: (schedule: number, content: number) => boolean = () => true,
  seed = 1,
): void {
  const sizes = sizesOf(kernel, geometry);
  const candidates = everySchedule(kernel, geometry);
  const machine = convolutionMachine(candidates, sizes);
  for (const [i, [one, other]] of contents.entries()) {
    const first = filledWith(one, sizes.first, seed + 1000 * i);
    const second = filledWith(other, sizes.second, seed + 1000 * i + 500);
    const wanted = new Float32Array(sizes.out);
    runKernel({ kernel, attributes: geometry }, [first, second], wanted);
    const refused = isRefused(kernel, second);
    for (const [c, { name, weights }] of candidates.entries()) {
      if (!isTurn(c, i) || (refused && !weights?.flagged)) continue;
      const { out, flag } = machine.run(c, first, second);
      const say = () => `${kernel} of ${one} and ${other} by ${name}: ${JSON.stringify(geometry)}`;
      if ((flag !== 0) !== refused) expect.fail(`${say()}: the flag of the weights is ${flag}`);
      const at = flag === 0 ? firstDifference(out, wanted) : -1;
      if (at >= 0) expect.fail(`${say()}: element ${at} is ${out[at]} instead of ${wanted[at]}`);
    }
  }
}

const cases = convolutions.map((one, i) => ({ ...one, i }));

describe.each(KERNELS)("%s", (kernel) => {
  test.each(cases)("$name", ({ geometry, i }) =>
    // What is chosen meets numbers of all kinds. The others take turns, so that neighbouring cases together have seen them all.
    check(kernel, geometry, pairs, (c, content) => EVERYTHING || c === 0 || (c + content + 3 * i) % pairs.length < 2),
  );

  test("any geometry", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(geometries, seeds, fc.constantFrom(...pairs), (geometry, seed, contents) =>
        check(kernel, geometry, [contents], undefined, seed),
      ),
      { numRuns: EVERYTHING ? 3000 : 40 },
    );
  });
});

test("every way to compute a convolution is chosen for one of the cases", () => {
  const seen = new Set<string>();
  for (const { geometry } of convolutions)
    for (const kernel of KERNELS) {
      const { algorithm, ...schedule } = chosenSchedule(kernel, geometry).schedule;
      seen.add([kernel, algorithm, ...("panel" in schedule ? [schedule.panel] : [])].join(" "));
    }
  expect([...seen].sort()).toEqual([
    "conv1d positions",
    "conv1d tiles channel",
    "conv1d tiles tap",
    "conv1dInput phases",
    "conv1dInput positions",
    "conv1dInput tiles channel",
    "conv1dInput tiles tap",
    "conv1dWeight weights channel",
    "conv1dWeight weights tap",
  ]);
});
