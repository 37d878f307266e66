import { AtrousError } from "../../core/errors.ts";

const PAGE = 65536;

/** Addresses are compared as signed numbers. */
const MOST_BYTES = 2 ** 31 - PAGE;

/** Bytes kept free behind every block: kernels read up to 16 bytes past the end of an array. */
const GAP = 64;

/** WebAssembly's memory, and who has which part of it. It grows and never shrinks; what is freed is given out again. */
export class Heap {
  readonly memory = new WebAssembly.Memory({ initial: 1 });
  /** Counts growth: a view of the memory from before is empty. */
  generation = 0;
  float32: Float32Array = new Float32Array(0);
  int32: Int32Array = new Int32Array(0);
  /** Starts behind 0, so that no block has the address 0. */
  #end = 64;
  /** By address, never two beside each other. */
  readonly #free: { address: number; bytes: number }[] = [];
  readonly #sizes = new Map<number, number>();

  constructor() {
    this.#view();
  }

  /** The address of `bytes` bytes, a multiple of 64. What they hold is arbitrary. */
  allocate(bytes: number): number {
    const needed = Math.ceil((bytes + GAP) / 64) * 64;
    const place = this.#free.findIndex((block) => block.bytes >= needed);
    const address = place < 0 ? this.#append(needed) : this.#take(place, needed);
    this.#sizes.set(address, needed);
    return address;
  }

  free(address: number): void {
    const bytes = this.#sizes.get(address);
    if (bytes === undefined) throw new AtrousError(`wasm memory: nothing is allocated at ${address}`);
    this.#sizes.delete(address);
    let at = this.#free.findIndex((block) => block.address > address);
    if (at < 0) at = this.#free.length;
    this.#free.splice(at, 0, { address, bytes });
    this.#join(at);
    this.#join(at - 1);
  }

  #append(needed: number): number {
    const last = this.#free.at(-1);
    const tail = last && last.address + last.bytes === this.#end ? this.#free.pop()! : null;
    const address = tail ? tail.address : this.#end;
    this.#end = address + needed;
    const missing = Math.ceil((this.#end - this.memory.buffer.byteLength) / PAGE);
    if (missing > 0) this.#grow(missing, address);
    return address;
  }

  #grow(pages: number, before: number): void {
    try {
      if (this.#end > MOST_BYTES) throw new RangeError(`more than ${MOST_BYTES} bytes`);
      this.memory.grow(pages);
    } catch (cause) {
      const needed = this.#end;
      this.#end = before;
      throw new AtrousError(`wasm: ${needed} bytes of memory are not to be had; ${MOST_BYTES} are the most`, { cause });
    }
    this.#view();
  }

  #take(place: number, needed: number): number {
    const block = this.#free[place]!;
    const { address } = block;
    if (block.bytes === needed) this.#free.splice(place, 1);
    else this.#free[place] = { address: address + needed, bytes: block.bytes - needed };
    return address;
  }

  #join(at: number): void {
    const [first, second] = [this.#free[at], this.#free[at + 1]];
    if (!first || !second || first.address + first.bytes !== second.address) return;
    this.#free.splice(at, 2, { address: first.address, bytes: first.bytes + second.bytes });
  }

  #view(): void {
    this.float32 = new Float32Array(this.memory.buffer);
    this.int32 = new Int32Array(this.memory.buffer);
    this.generation++;
  }
}
