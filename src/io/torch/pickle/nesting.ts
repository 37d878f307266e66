import { Tensor } from "../../../graph/tensor.ts";
import type { Fail } from "../../bytes/fail.ts";
import { Complex, type TorchValue } from "../value.ts";
import { describe } from "./arguments.ts";

const MAX_DEPTH = 1000;

/**
 * Refuses what is no data, contains itself, or is nested too deeply for functions that walk it. Everything is looked at once, however
 * often it is referred to: forty lists, each holding the next one twice, have 2^40 paths.
 */
export function checkNesting(root: unknown, fail: Fail): TorchValue {
  /** How deep the containers are that have been seen to their end; 0 for those on the path. */
  const depths = new Map<unknown, number>();
  const path: { readonly container: unknown; readonly rest: Iterator<unknown>; depth: number }[] = [];
  const enter = (value: unknown): void => {
    const rest = contents(value);
    if (rest === undefined) {
      if (!isLeaf(value)) fail(`the file holds ${describe(value)}, which is no data`);
      return;
    }
    const depth = depths.get(value);
    if (depth === 0) fail("the pickle has a container that contains itself");
    if (path.length + (depth ?? 1) > MAX_DEPTH) fail(`the pickle nests containers more than ${MAX_DEPTH} deep`);
    if (depth !== undefined) {
      deepen(depth);
      return;
    }
    depths.set(value, 0);
    path.push({ container: value, rest, depth: 1 });
  };
  const deepen = (depth: number): void => {
    const parent = path.at(-1);
    if (parent) parent.depth = Math.max(parent.depth, depth + 1);
  };

  enter(root);
  while (path.length > 0) {
    const innermost = path.at(-1)!;
    const next = innermost.rest.next();
    if (!next.done) {
      enter(next.value);
      continue;
    }
    path.pop();
    depths.set(innermost.container, innermost.depth);
    deepen(innermost.depth);
  }
  return root as TorchValue;
}

function contents(value: unknown): Iterator<unknown> | undefined {
  if (Array.isArray(value) || value instanceof Set) return value.values();
  return value instanceof Map ? keysAndValues(value) : undefined;
}

function* keysAndValues(map: Map<unknown, unknown>): Generator<unknown> {
  for (const [key, value] of map) {
    yield key;
    yield value;
  }
}

const isLeaf = (value: unknown): boolean =>
  typeof value !== "object" ||
  value === null ||
  value instanceof Tensor ||
  value instanceof Uint8Array ||
  value instanceof Complex;
