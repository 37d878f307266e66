import {
  type FunctionBuilder,
  get,
  type I32,
  i32,
  increase,
  type Local,
  type Statement,
  select,
  set,
  type V128,
  v128,
} from "../../assembler/index.ts";
import type { Scope } from "./scope.ts";

type Variable = Local<"i32">;

/** How a row function reads one of its inputs. */
export interface Input {
  readonly before: Statement;
  /** Four elements, `offset` bytes after the next one. */
  load(offset: number): V128;
  /** Goes on by a number of elements. */
  advance(elements: number): Statement;
  /** Called with fewer than four elements left. */
  shorten(count: Variable): Statement;
}

export const vectorInput = (address: Variable): Input => ({
  before: [],
  load: (offset) => v128.load(get(address), offset),
  advance: (elements) => increase(address, 4 * elements),
  shorten: () => [],
});

/** One number for the whole row. */
export const scalarInput = (scope: Scope, address: Variable): Input => ({
  before: [],
  load: () => scope.once(v128.load32Splat(get(address))),
  advance: () => [],
  shorten: () => [],
});

/** Elements that lie `step` bytes apart, loaded lane by lane. */
export function stridedInput(builder: FunctionBuilder, address: Variable, step: Variable): Input {
  const times = (lane: number): I32 => i32.mul(get(step), lane);
  const distances = [1, 2, 3].map(() => builder.local("i32"));
  return {
    before: distances.map((distance, i) => set(distance, times(i + 1))),
    load: () =>
      distances.reduce(
        (lanes, distance, i) => v128.load32Lane(i32.add(get(address), get(distance)), lanes, i + 1),
        v128.load32Zero(get(address)),
      ),
    advance: (elements) => increase(address, times(elements)),
    // Lanes after the last element read the first one again, because what follows may be outside of the memory.
    shorten: (count) =>
      distances.map((distance, i) => set(distance, select(get(distance), 0, i32.gtS(get(count), i + 1)))),
  };
}
