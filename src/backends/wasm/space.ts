import type { TypedArray } from "../../core/dtype.ts";
import { Heap } from "./heap.ts";
import { Residents } from "./residents.ts";

/** The memory of one backend: the heap, what parameters have in it, and an arena that all programs share. */
export class Space {
  readonly heap = new Heap();
  readonly residents = new Residents(this.heap);
  readonly arena = new SharedArena(this.heap);
  readonly #owned = new WeakMap<object, number[]>();
  readonly #collected =
    typeof FinalizationRegistry === "undefined"
      ? null
      : new FinalizationRegistry<readonly number[]>((addresses) => {
          for (const address of addresses) this.heap.free(address);
        });

  /** Frees blocks when their owner is collected. */
  freeWith(owner: object, addresses: readonly number[]): void {
    const known = this.#owned.get(owner);
    if (known) known.push(...addresses);
    else {
      const all = [...addresses];
      this.#owned.set(owner, all);
      this.#collected?.register(owner, all, owner);
    }
  }

  /** Frees the blocks of an owner now. */
  release(owner: object): void {
    for (const address of this.#owned.get(owner) ?? []) this.heap.free(address);
    this.#owned.delete(owner);
    this.#collected?.unregister(owner);
  }

  /** Copies the bytes of an array to an address. */
  write(address: number, data: TypedArray): void {
    if (data instanceof Float32Array) this.heap.float32.set(data, address >> 2);
    else
      new Uint8Array(this.heap.memory.buffer).set(
        new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
        address,
      );
  }
}

/** One program runs at a time, and nothing in an arena outlives its run: so one is enough, as large as the largest program's. */
class SharedArena {
  readonly #heap: Heap;
  address: number;
  /** Counts moves. */
  generation = 0;
  #bytes = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
    this.address = heap.allocate(0);
  }

  ensure(bytes: number): void {
    if (bytes <= this.#bytes) return;
    this.#heap.free(this.address);
    this.generation++;
    try {
      this.address = this.#heap.allocate(bytes);
      this.#bytes = bytes;
    } catch (error) {
      this.address = this.#heap.allocate(this.#bytes); // smaller programs go on
      throw error;
    }
  }
}
