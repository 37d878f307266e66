/** What `torch.save` wrote: tensors by their paths, and a short tree of everything else. */
import { Tensor } from "../../graph/tensor.ts";
import { Complex, type TorchValue } from "../../io/torch/value.ts";
import { counted, elided, printable } from "./words.ts";

/** The tensors with the keys that lead to them; what the file refers to twice comes once. */
export function tensorsWithin(root: TorchValue): [path: string, tensor: Tensor][] {
  const found: [string, Tensor][] = [];
  const seen = new Set<TorchValue>();
  const stack: [path: string, value: TorchValue][] = [["", root]];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [path, value] = next;
    if (value instanceof Tensor) found.push([path || "tensor", value]);
    if (!isContainer(value) || seen.has(value)) continue;
    seen.add(value);
    for (const [key, each] of contents(value).reverse()) stack.push([path ? `${path}.${key}` : key, each]);
  }
  return found;
}

type Container = TorchValue[] | Map<TorchValue, TorchValue> | Set<TorchValue>;

const isContainer = (value: TorchValue): value is Container =>
  Array.isArray(value) || value instanceof Map || value instanceof Set;

function contents(value: Container): [key: string, value: TorchValue][] {
  if (value instanceof Map) return Array.from(value, ([key, each]) => [keyText(key), each]);
  return Array.from(value, (each, i) => [String(i), each]);
}

const keyText = (key: TorchValue): string =>
  typeof key === "string" || typeof key === "number" || typeof key === "bigint" ? String(key) : describe(key);

const LONGEST_TEXT = 60;
const MOST_LINES = 12;
const DEEPEST = 2;
/** A list of a few numbers or words is a line. */
const FEW = 8;

/** In a few words. */
export function describe(value: TorchValue): string {
  if (value instanceof Tensor) return `tensor [${value.shape.join(", ")}]`;
  if (value instanceof Map) return `dict of ${value.size}`;
  if (value instanceof Set) return `set of ${value.size}`;
  if (Array.isArray(value)) return `list of ${value.length}`;
  if (value instanceof Uint8Array) return counted(value.length, "byte");
  if (value instanceof Complex) return `${value.real} + ${value.imag}i`;
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  return typeof value === "string" ? elided(JSON.stringify(printable(value)), LONGEST_TEXT) : String(value);
}

/** What is beside the tensors, an indented line for each; empty for a dict of nothing but tensors. */
export function treeLines(root: TorchValue): string[] {
  if (!isContainer(root) || contents(root).every(([, value]) => value instanceof Tensor)) return [];
  const lines: string[] = [];
  const seen = new Set<TorchValue>();
  const walk = (container: Container, depth: number): void => {
    seen.add(container);
    const others = contents(container).filter(
      ([, value]) => !(value instanceof Tensor || (depth > 1 && isOfTensors(value))),
    );
    const indent = "  ".repeat(depth);
    for (const [key, value] of others.slice(0, MOST_LINES)) {
      const short = listText(value);
      lines.push(`${indent}${printable(elided(key, LONGEST_TEXT))}: ${short ?? describe(value) + tensorsIn(value)}`);
      if (short === null && isContainer(value) && !seen.has(value) && depth < DEEPEST) walk(value, depth + 1);
    }
    if (others.length > MOST_LINES) lines.push(`${indent}… and ${others.length - MOST_LINES} more`);
  };
  walk(root, 0);
  return lines;
}

const isOfTensors = (value: TorchValue): boolean =>
  isContainer(value) && contents(value).every(([, each]) => each instanceof Tensor);

function listText(value: TorchValue): string | null {
  if (!Array.isArray(value) || value.length > FEW) return null;
  if (value.some((each) => isContainer(each) || each instanceof Tensor)) return null;
  const text = `[${value.map(describe).join(", ")}]`;
  return text.length <= LONGEST_TEXT ? text : null;
}

function tensorsIn(value: TorchValue): string {
  if (!isContainer(value)) return "";
  const count = contents(value).filter(([, each]) => each instanceof Tensor).length;
  return count > 0 ? `, ${counted(count, "tensor")}` : "";
}

/** For programs: of a list, and levels. */
const MOST_VALUES = 1000;
const DEEPEST_PLAIN = 16;

/** The same for programs: without the tensors; what is deep inside, or seen before, and bytes in words. */
export function plainTree(root: TorchValue): unknown {
  const seen = new Set<TorchValue>();
  const walk = (value: TorchValue, depth: number): unknown => {
    if (value === null || ["boolean", "number", "bigint", "string"].includes(typeof value)) return value;
    if (!isContainer(value) || seen.has(value) || depth > DEEPEST_PLAIN) return describe(value);
    seen.add(value);
    if (Array.isArray(value) && value.every((each) => !isContainer(each) && !(each instanceof Tensor)))
      return value.slice(0, MOST_VALUES).map((each) => walk(each, depth));
    const others = contents(value).filter(([, each]) => !(each instanceof Tensor));
    return new Map(others.map(([key, each]) => [key, walk(each, depth + 1)]));
  };
  return isContainer(root) ? walk(root, 0) : undefined;
}
