import type { Conv1dGeometry } from "../core/geometry.ts";
import type { MapAttributes, Plan, PlannedCall, Step, Value } from "./plan.ts";

/** What a backend made of a plan. */
export interface PlanDetails {
  readonly plan: Plan;
  /** By step: how it is computed, or "". */
  readonly notes: readonly string[];
  /** What it takes of memory. */
  readonly bytes: Readonly<Record<string, number>>;
}

/**
 * A plan in words: what is given, one line per step, what is asked for. Arrays are called #0, #1, …; "then" introduces the
 * functions that are applied to each number before it is stored. `notes` are what a backend has to say about the steps.
 *
 * @example
 * given: #0 1024, #1 48 fixed, #2 2 fixed
 * #3 = conv1d(#0, #1) 1 × 8 → 2 × 128, kernel 3, padded 1; then add sigmoid (#2)
 * asked: #3
 */
export function describePlan(plan: Plan, notes: readonly string[] = []): string {
  const given = plan.leaves.map(({ value }) => describeValue(value, plan.values[value]!));
  return [
    `given: ${given.join(", ")}`,
    ...plan.steps.map(
      (step, i) => `${describeStep(step, plan.values[step.output]!)}${notes[i] ? `\n     ${notes[i]}` : ""}`,
    ),
    `asked: ${plan.outputs.map(nameOf).join(", ")}`,
  ].join("\n");
}

const nameOf = (value: number): string => `#${value}`;
const times = (lengths: readonly (number | string)[]): string => (lengths.length === 0 ? "1" : lengths.join(" × "));

const describeValue = (number: number, { dtype, size, fixed }: Value): string =>
  [nameOf(number), size, ...(dtype === "float32" ? [] : [dtype]), ...(fixed ? ["fixed"] : [])].join(" ");

function describeStep({ call, inputs, output, epilogue }: Step, { dtype, fixed }: Value): string {
  const own = epilogue ? inputs.length - (epilogue.strides.length - 1) : inputs.length;
  const [read, also] = [inputs.slice(0, own), inputs.slice(own)].map((numbers) => numbers.map(nameOf).join(", "));
  const made = `${nameOf(output)}${dtype === "float32" ? "" : ` ${dtype}`}${fixed ? " fixed" : ""}`;
  const then = epilogue ? `; then ${functionsOf(epilogue)}${also ? ` (${also})` : ""}` : "";
  return `${made} = ${call.kernel}(${read}) ${describeCall(call)}${then}`;
}

const functionsOf = ({ body }: Pick<MapAttributes, "body">): string => body.map(({ fn }) => fn).join(" ");

function describeCall({ kernel, attributes }: PlannedCall): string {
  switch (kernel) {
    case "map":
      return `${times(attributes.shape)}: ${functionsOf(attributes)}`;
    case "conv1d": {
      const { batch, inChannels, outChannels, gLength } = attributes;
      return `${batch} × ${inChannels} → ${outChannels} × ${gLength}${describeTaps(attributes)}`;
    }
    case "conv1dInput": {
      const { batch, inChannels, outChannels, xLength } = attributes;
      return `${batch} × ${outChannels} → ${inChannels} × ${xLength}${describeTaps(attributes)}`;
    }
    case "conv1dWeight": {
      const { batch, inChannels, outChannels, gLength } = attributes;
      return `${outChannels} × ${inChannels} over ${batch} × ${gLength}${describeTaps(attributes)}`;
    }
    case "gather":
      return times([attributes.outer, `${attributes.length} → ${attributes.index.length}`, attributes.inner]);
    case "scatterAdd":
      return times([attributes.outer, `${attributes.index.length} → ${attributes.length}`, attributes.inner]);
    case "copy":
      return times(attributes.shape);
    case "sum":
      return `${times(attributes.shape)} over axes ${axesOf(attributes)}`;
    case "concat":
      return times([attributes.outer, attributes.lengths.join(" + "), attributes.inner]);
    case "argmaxWindow":
      return `${attributes.rows} × ${attributes.length} → ${attributes.outLength}, kernel ${attributes.kernelSize}`;
    case "take":
      return `${attributes.rows} × ${attributes.length} → ${attributes.count}`;
    case "put":
      return `${attributes.rows} × ${attributes.count} → ${attributes.length}`;
    case "recurrence":
      return `${times([attributes.batch, attributes.hidden, attributes.length])}: ${attributes.parts.map(functionsOf).join(", ")}`;
    case "cumsum":
      return `${attributes.rows} × ${attributes.length}`;
    case "cast":
      return `${attributes.from} → ${attributes.to}`;
  }
}

/** The options of a convolution that are not their defaults. */
function describeTaps({ kernelSize, stride, dilation, padBefore, groups }: Conv1dGeometry): string {
  const options = [
    [`kernel ${kernelSize}`, true],
    [`stride ${stride}`, stride !== 1],
    [`dilation ${dilation}`, dilation !== 1],
    [`padded ${padBefore}`, padBefore !== 0],
    [`groups ${groups}`, groups !== 1],
  ] as const;
  return options.flatMap(([words, said]) => (said ? [`, ${words}`] : [])).join("");
}

const axesOf = ({ shape, outStrides }: { shape: readonly number[]; outStrides: readonly number[] }): string =>
  shape.flatMap((length, axis) => (length !== 1 && outStrides[axis] === 0 ? [axis] : [])).join(", ") || "none";
