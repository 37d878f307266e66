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

/** Lengths a little greater than the example's. */
const nearby = (step: number): Change[] => [...LONGER, 103].map((count) => (length) => length + count * step);

/** Up to 2 · 960 longer, or three times as long. */
function farAway(step: number): Change[] {
  const common: Change = (length) => {
    const multiple = COMMON * (Math.floor(length / COMMON) + 2);
    return length + Math.ceil((multiple - length) / step) * step;
  };
  return [
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
 * How much longer a signal may be for a network that takes none of those far away: multiples of what strides usually come to. Else all
 * it takes may be lengths that it rounds down to that of the example, at which nothing differs.
 */
const JUMPS = [960, 1728, 1920, 4096, 8192];
const jumps = (step: number): Change[] =>
  JUMPS.filter((jump) => jump % step === 0).map((jump) => (length) => length + jump);

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
    const tracesAt = (changes: readonly Change[]): Trace[] =>
      changes.flatMap((change) => attempt(() => at(new Map([...many, [name, change]]))) ?? []);
    const far = tracesAt(farAway(step));
    const taken = [...tracesAt(nearby(step)), ...(far.length > 0 ? far : tracesAt(jumps(step)))];
    if (taken.length > 0) free.add(name);
    traces.push(...taken);
  }
  return { traces: [at(many), ...traces], free };
}

/** Whether a name stands for the first axis of an input, and never for a last one after others. */
function isBatch(ports: readonly Port[], name: string): boolean {
  const places = ports.flatMap(({ axes, shape }) =>
    Object.keys(axes).flatMap((axis) =>
      axes[Number(axis)] === name ? [[Number(axis), shape.length - 1] as const] : [],
    ),
  );
  return places.some(([axis]) => axis === 0) && places.every(([axis, last]) => axis === 0 || axis < last);
}

function attempt<T>(body: () => T): T | null {
  try {
    return body();
  } catch (error) {
    if (error instanceof AtrousError) return null;
    throw error; // the network's own mistake
  }
}
