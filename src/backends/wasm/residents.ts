import type { Tensor } from "../../graph/tensor.ts";
import type { Heap } from "./heap.ts";

/** A place in memory that belongs to a tensor: its numbers, or its weights in a packed layout. */
export interface Resident {
  readonly address: number;
  /** The serial number of the node whose numbers it holds, at first −1; a parameter's next value is another node. */
  holds: number;
}

/**
 * What parameters have in memory. It is found by the parameter, so all programs that use one share its place, and it goes when the
 * parameter goes.
 */
export class Residents {
  readonly #heap: Heap;
  readonly #byOwner = new WeakMap<Tensor, Map<string, Resident>>();
  readonly #collected: FinalizationRegistry<Map<string, Resident>> | null;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.#collected =
      typeof FinalizationRegistry === "undefined"
        ? null
        : new FinalizationRegistry((residents) => {
            for (const { address } of residents.values()) heap.free(address);
          });
  }

  of(owner: Tensor, layout: string, bytes: number): Resident {
    let residents = this.#byOwner.get(owner);
    if (!residents) {
      residents = new Map();
      this.#byOwner.set(owner, residents);
      this.#collected?.register(owner, residents);
    }
    let resident = residents.get(layout);
    if (!resident) {
      resident = { address: this.#heap.allocate(bytes), holds: -1 };
      residents.set(layout, resident);
    }
    return resident;
  }
}
