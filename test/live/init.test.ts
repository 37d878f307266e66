import { manualSeed, nn, rand, randn, type TypedArray } from "atrous";
import { expect, test } from "vitest";
import type { FloatDType } from "../../src/core/dtype.ts";
import type { Conv1dLayerOptions } from "../../src/nn/convolution/conv1d.ts";
import { distance } from "../oracle/closeness.ts";
import { decode } from "../oracle/convCase.ts";
import { SEED } from "../setting.ts";
import { askPython } from "./python.ts";

const RUNS = 300;

/** `torch.randn` in float64 goes through log, sin and cos of the engine: up to 5e-16 · (1 + |x|) beside glibc's. */
const RANDN64 = 4e-15;

interface LayerStep {
  kind: "Conv1d" | "ConvTranspose1d";
  arguments: [number, number, number];
  options: Conv1dLayerOptions & { dtype: FloatDType };
  state: Record<string, [shape: number[], base64: string]>;
}
interface NumbersStep {
  kind: "rand" | "randn";
  shape: number[];
  dtype: FloatDType;
  values: string;
}
interface Run {
  seed: number;
  steps: (LayerStep | NumbersStep)[];
  next: string;
}

test(`${RUNS} random streams of layers, rand and randn start as PyTorch's, seed ${SEED}`, async () => {
  const lines = askPython("live/init.py", [SEED, RUNS]);
  const { torch } = (await lines.next()).value as { torch: string };
  const counts: Record<string, number> = {};
  for await (const line of lines) {
    const { seed, steps, next } = line as Run;
    manualSeed(seed);
    for (const [i, step] of steps.entries()) {
      const where = `ATROUS_SEED=${SEED}, manualSeed(${seed}), step ${i}: ${describeStep(step)}`;
      if ("state" in step) compareLayer(step, where);
      else compareNumbers(step, where);
      const name = `${step.kind} ${"state" in step ? step.options.dtype : step.dtype}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expectBits(rand([3]).dataSync(), decode(next, "float32"), `manualSeed(${seed}), after ${describeSteps(steps)}`);
  }
  console.log(`PyTorch ${torch}, ATROUS_SEED=${SEED}:`, counts);
  for (const kind of ["Conv1d", "ConvTranspose1d"])
    for (const dtype of ["float32", "float64"]) expect(counts[`${kind} ${dtype}`]).toBeGreaterThan(50);
});

function compareLayer({ kind, arguments: sizes, options, state }: LayerStep, where: string): void {
  const ours = new nn[kind](...sizes, options).stateDict();
  expect([...ours.keys()], where).toEqual(Object.keys(state));
  for (const [name, tensor] of ours) {
    const [shape, base64] = state[name]!;
    expect(tensor.shape, `${where}, ${name}`).toEqual(shape);
    expectBits(tensor.dataSync(), decode(base64, options.dtype), `${where}, ${name}`);
  }
}

function compareNumbers({ kind, shape, dtype, values }: NumbersStep, where: string): void {
  const ours = { rand, randn }[kind](shape, { dtype }).dataSync();
  const expected = decode(values, dtype);
  if (kind === "rand" || dtype === "float32") expectBits(ours, expected, where);
  else expect(distance(ours, expected), where).toBeLessThanOrEqual(RANDN64);
}

/** Equality of every bit. */
function expectBits(actual: TypedArray, expected: TypedArray, where: string): void {
  const bits = ({ buffer }: TypedArray): string => Buffer.from(buffer as ArrayBuffer).toString("hex");
  if (actual.constructor === expected.constructor && bits(actual) === bits(expected)) return;
  expect.fail(`${where}\n  ours    ${actual.join(" ")}\n  PyTorch ${expected.join(" ")}`);
}

const describeSteps = (steps: Run["steps"]): string => steps.map(describeStep).join(", ");
const describeStep = (step: Run["steps"][number]): string =>
  "state" in step
    ? `${step.kind}(${step.arguments.join(", ")}, ${JSON.stringify(step.options)})`
    : `${step.kind}([${step.shape.join(", ")}], ${step.dtype})`;
