import {
  get,
  type I32,
  i32,
  ifThen,
  increase,
  type Local,
  type Statement,
  type V128,
  v128,
} from "../../assembler/index.ts";

type Variable = Local<"i32">;

/** How a row function stores what it makes. */
export interface Output {
  /** Four elements, `offset` bytes after the next one. */
  store(result: V128, offset: number): Statement;
  /** The first one, two or three. */
  storeFew(result: V128, count: Variable): Statement;
  advance(elements: number): Statement;
}

export const vectorOutput = (out: Variable): Output => ({
  store: (result, offset) => v128.store(get(out), result, offset),
  storeFew: (result, count) =>
    ifThen(
      i32.gtS(get(count), 1),
      [
        v128.store64Lane(get(out), result, 0),
        ifThen(i32.eq(get(count), 3), [v128.store32Lane(get(out), result, 2, 8)]),
      ],
      [v128.store32Lane(get(out), result, 0)],
    ),
  advance: (elements) => increase(out, 4 * elements),
});

/** Elements that lie `step` bytes apart, stored lane by lane. */
export function stridedOutput(out: Variable, step: Variable): Output {
  const times = (lane: number): I32 => i32.mul(get(step), lane);
  const storeLane = (result: V128, lane: number): Statement =>
    v128.store32Lane(i32.add(get(out), times(lane)), result, lane);
  return {
    store: (result) => [0, 1, 2, 3].map((lane) => storeLane(result, lane)),
    storeFew: (result, count) => [0, 1, 2].map((lane) => ifThen(i32.gtS(get(count), lane), [storeLane(result, lane)])),
    advance: (elements) => increase(out, times(elements)),
  };
}
