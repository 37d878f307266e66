import type { DType } from "../../../core/dtype.ts";
import { AtrousError } from "../../../core/errors.ts";
import type { Shape } from "../../../core/shape.ts";
import { Tensor } from "../../../graph/tensor.ts";
import type { Trace } from "./sites.ts";

/** Which axes of an input are free, and what their lengths are called: `{ 0: "N", 2: "L" }`. Axes of one name have one length. */
export type DynamicAxes = Readonly<Record<number, string>>;

/** An input: the shape of the example, and its free axes. */
export interface Port {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly axes: DynamicAxes;
}

type Change = (length: number) => number;

/** How much is added to the lengths of the example, in multiples of the step that all lengths keep. */
const LONGER = [1, 2, 3, 5, 7, 11, 26];
const SLIGHTLY: readonly Change[] = LONGER.map((count) => (length) => length + count);

/** What many strides divide: where rounded divisions by them make their steps shows around their multiples. */
const COMMON = 960;

/** Lengths other than the example's: up to 2 · 960 longer, or three times as long. */
function signalChanges(step: number): Change[] {
  const common: Change = (length) => {
    const multiple = COMMON * (Math.floor(length / COMMON) + 2);
    return length + Math.ceil((multiple - length) / step) * step;
  };
  return [
    ...[...LONGER, 103].map(
      (count): Change =>
        (length) =>
          length + count * step,
    ),
    ...[-1, 0, 1].map(
      (count): Change =>
        (length) =>
          common(length) + count * step,
    ),
    ...[1, 2].map(
      (times): Change =>
        (length) =>
          length + Math.round((times * length) / step) * step,
    ),
  ];
}

/**
 * The network for the example and for other lengths, as far as it takes them: a length that it never takes otherwise is fixed, and its
 * name is left out of `free`.
 *
 * A batch is never traced alone, because what happens to an axis of length 1 says nothing about others. The first axis of an input is taken for a
 * batch, which keeps no step, unless the network takes nothing but steps.
 */
export function tracesOf(
  ports: readonly Port[],
  step: number,
  run: (inputs: readonly Tensor[]) => readonly Tensor[],
): { traces: [Trace, ...Trace[]]; free: ReadonlySet<string> } {
  const names = [...new Set(ports.flatMap(({ axes }) => Object.values(axes)))];
  const at = (changes: ReadonlyMap<string, Change>): Trace => {
    const inputs = ports.map(({ shape, dtype, axes }) => {
      const changed = shape.map((length, axis) => changes.get(axes[axis] ?? "")?.(length) ?? length);
      return new Tensor({ shape: changed, dtype });
    });
    return { inputs, outputs: run(inputs) };
  };
  const traces: Trace[] = [];
  const free = new Set<string>();
  const [batches, signals] = [
    names.filter((name) => isBatch(ports, name)),
    names.filter((name) => !isBatch(ports, name)),
  ];
  const many = new Map<string, Change>();
  for (const name of batches) {
    const traced = (change: Change): Trace | null =>
      attempt(() => at(new Map([...many, [name, (count) => change(Math.max(count, 2))]])));
    const [some, more, ...others] = [(count: number) => count, ...SLIGHTLY].map(traced);
    if (some && more) {
      many.set(name, (count) => Math.max(count, 2));
      free.add(name);
      traces.push(more, ...others.flatMap((trace) => trace ?? []));
    } else if (step > 1) signals.push(name);
  }
  for (const name of signals) {
    const taken = signalChanges(step).flatMap((change) => attempt(() => at(new Map([...many, [name, change]]))) ?? []);
    if (taken.length > 0) free.add(name);
    traces.push(...taken);
  }
  return { traces: [at(many), ...traces], free };
}

/** Whether a name stands for the first axis of an input, as far as it is free. */
const isBatch = (ports: readonly Port[], name: string): boolean =>
  ports.every(({ axes }) => Object.entries(axes).every(([axis, each]) => each !== name || axis === "0"));

function attempt<T>(body: () => T): T | null {
  try {
    return body();
  } catch (error) {
    if (error instanceof AtrousError) return null;
    throw error; // the network's own mistake
  }
}
