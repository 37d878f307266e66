import type { Shape } from "../../core/shape.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { bytesPerElement, type FileDType, fileDType } from "../../io/bytes/elements.ts";
import { numbersOf } from "../../io/bytes/named.ts";
import { startProgress } from "../progress.ts";
import { type Statistics, statisticsOf } from "./statistics.ts";
import { type Column, table } from "./table.ts";
import { brief, bytesText, counted, grouped, printable } from "./words.ts";

/** A tensor of a file, and what its numbers are like. */
export interface TensorFacts extends Statistics {
  readonly name: string;
  readonly shape: Shape;
  /** In the file. */
  readonly dtype: FileDType;
  readonly elements: number;
}

export interface TensorList {
  readonly tensors: readonly TensorFacts[];
  readonly totals: {
    readonly tensors: number;
    /** Numbers in tensors of floats. */
    readonly parameters: number;
    /** Of all numbers in the file's element types. */
    readonly bytes: number;
  };
}

/** About a second's work. */
const LONG = 2 ** 26;

/** `named` may have a name or a tensor twice. */
export function listTensors(named: Iterable<readonly [string, Tensor]>): TensorList {
  const all = Array.from(named);
  const total = all.reduce((sum, [, { size }]) => sum + size, 0);
  const progress = total > LONG ? startProgress("looking at the numbers", total) : null;
  const known = new Map<Tensor, Statistics>();
  let done = 0;
  const tensors = all.map(([name, tensor]): TensorFacts => {
    const statistics = known.get(tensor) ?? statisticsOf(numbersOf(tensor));
    known.set(tensor, statistics);
    done += tensor.size;
    progress?.update(done);
    return { name, shape: tensor.shape, dtype: fileDType(tensor), elements: tensor.size, ...statistics };
  });
  progress?.finish();
  const parameters = tensors.reduce((sum, { dtype, elements }) => sum + (dtype.includes("float") ? elements : 0), 0);
  const bytes = tensors.reduce((sum, { dtype, elements }) => sum + elements * bytesPerElement(dtype), 0);
  return { tensors, totals: { tensors: tensors.length, parameters, bytes } };
}

const right = true;
const COLUMNS: readonly Column[] = [
  { title: "name" },
  { title: "shape" },
  { title: "type" },
  { title: "elements", right },
  { title: "min", right },
  { title: "max", right },
  { title: "mean", right },
  { title: "std", right },
];

/** As a table, what is odd about them, and the totals. */
export function tensorLines({ tensors, totals }: TensorList, width: number): string[] {
  if (tensors.length === 0) return ["no tensors"];
  const odd = (["nan", "infinite"] as const).filter((kind) => tensors.some((tensor) => tensor[kind] > 0));
  const text = (value: number | bigint | null): string => (value === null ? "" : brief(value));
  const rows = tensors.map((tensor) => {
    const { name, shape, dtype, elements, min, max, mean, std } = tensor;
    return [
      ...[printable(name), `[${shape.join(", ")}]`, dtype, grouped(elements)],
      ...[min, max, mean, std].map(text),
      ...odd.map((kind) => (tensor[kind] > 0 ? grouped(tensor[kind]) : "")),
    ];
  });
  const columns = [...COLUMNS, ...odd.map((kind) => ({ title: kind === "nan" ? "NaN" : "infinite", right }))];
  return [
    ...table(columns, rows, width),
    "",
    ...odd.map((kind) => oddLine(tensors, kind)),
    `${counted(totals.tensors, "tensor")}, ${counted(totals.parameters, "parameter")}, ${bytesText(totals.bytes)}`,
  ];
}

const NAMED = 3;

function oddLine(tensors: readonly TensorFacts[], kind: "nan" | "infinite"): string {
  const holding = tensors.filter((tensor) => tensor[kind] > 0).map(({ name }) => printable(name));
  const names = holding.length > NAMED ? [...holding.slice(0, NAMED), "…"] : holding;
  const verb = holding.length === 1 ? "holds" : "hold";
  const what = kind === "nan" ? "NaN" : "infinite numbers";
  return `${grouped(holding.length)} of ${counted(tensors.length, "tensor")} ${verb} ${what}: ${names.join(", ")}`;
}
