import type { Tensor } from "../graph/tensor.ts";
import { makePlan } from "./makePlan.ts";
import type { Plan } from "./plan.ts";
import { type Structure, StructureReader } from "./structure.ts";

/**
 * What a backend made of the plans it ran last, found again by the structure of a graph: the same ops with equal attributes, wired
 * in the same way over arrays of the same shapes and dtypes, with the same outputs and the same fixed leaves.
 */
export class PlanCache<T> {
  readonly #make: (plan: Plan) => T;
  readonly #limit: number;
  readonly #reader = new StructureReader();
  /** The one that was used last comes first. */
  readonly #entries: { readonly structure: Structure; readonly made: T }[] = [];

  /** `make` turns a plan into what `find` returns; of that, the `limit` used last are kept. */
  constructor(make: (plan: Plan) => T, limit = 64) {
    this.#make = make;
    this.#limit = limit;
  }

  /** The arguments are those of `makePlan`. */
  find(order: readonly Tensor[], outputs: readonly Tensor[], isFixed: (leaf: Tensor) => boolean): T {
    const reader = this.#reader;
    reader.read(order, outputs, isFixed);
    const known = this.#entries.findIndex(({ structure }) => reader.is(structure));
    const structure = known < 0 ? reader.structure() : null;
    reader.forget();
    const entry = structure
      ? { structure, made: this.#make(makePlan(order, outputs, isFixed)) }
      : this.#entries.splice(known, 1)[0]!;
    this.#entries.unshift(entry);
    if (this.#entries.length > this.#limit) this.#entries.pop();
    return entry.made;
  }
}
