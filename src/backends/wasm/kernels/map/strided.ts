import {
  type FunctionBuilder,
  get,
  type I32,
  i32,
  ifThen,
  type Local,
  type Statement,
  select,
  set,
  type V128,
  v128,
} from "../../assembler/index.ts";

type Variable = Local<"i32">;

const times = (step: Variable, lane: number): I32 => i32.mul(get(step), i32.const(lane));
const at = (address: Variable, offset: I32): I32 => i32.add(get(address), offset);

/** Four elements that lie a step apart, loaded lane by lane. */
export class StridedInput {
  /** Computes the distances of lanes 1 to 3 from lane 0. */
  readonly before: Statement;
  readonly load: V128;
  readonly #offsets: readonly Variable[];

  constructor(builder: FunctionBuilder, address: Variable, step: Variable) {
    this.#offsets = [1, 2, 3].map(() => builder.local("i32"));
    this.before = this.#offsets.map((offset, i) => set(offset, times(step, i + 1)));
    this.load = this.#offsets.reduce(
      (lanes, offset, i) => v128.load32Lane(at(address, get(offset)), lanes, i + 1),
      v128.load32Zero(get(address)),
    );
  }

  /** With fewer than four elements left, the lanes after the last one read the first one again: what follows may be no memory. */
  shorten(count: Variable): Statement {
    return this.#offsets.map((offset, i) =>
      set(offset, select(get(offset), i32.const(0), i32.gtS(get(count), i32.const(i + 1)))),
    );
  }
}

/** Stores four elements a step apart. */
export function storeApart(out: Variable, step: Variable, result: Local<"v128">): Statement {
  return [0, 1, 2, 3].map((lane) => v128.store32Lane(at(out, times(step, lane)), get(result), lane));
}

/** Stores the first one, two or three of them. */
export function storeFewApart(out: Variable, step: Variable, count: Variable, result: Local<"v128">): Statement {
  return [0, 1, 2].map((lane) =>
    ifThen(i32.gtS(get(count), i32.const(lane)), [v128.store32Lane(at(out, times(step, lane)), get(result), lane)]),
  );
}
