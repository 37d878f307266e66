import { compilePlan } from "../../src/backends/wasm/code.ts";
import { Program } from "../../src/backends/wasm/program.ts";
import { Space } from "../../src/backends/wasm/space.ts";
import type { TypedArray } from "../../src/core/dtype.ts";
import type { Tensor } from "../../src/graph/tensor.ts";
import type { Plan } from "../../src/plan/plan.ts";

/** Bytes kept free behind every array in the arena. */
const GAP = 256;
/** NaNs of both kinds, −∞, a large number, tiny ones: telling when computed with. */
const PATTERN = [0x7fc0abcd, 0xffa12345, 0xff800000, 0x7e7fffff, 0x00000123, 0xbf9d70a4, 0x7f812345];
const SIZES = { float32: 4, float64: 8, int32: 4, int64: 8 };

type Range = readonly [address: number, bytes: number];

/** The memory of a backend that remembers what was allocated. */
export class WatchedSpace {
  readonly space = new Space();
  readonly #allocated: Range[] = [];
  #expected = new Uint8Array(0);

  constructor() {
    const { heap } = this.space;
    const allocate = heap.allocate.bind(heap);
    heap.allocate = (bytes) => {
      const address = allocate(bytes);
      this.#allocated.push([address, bytes]);
      return address;
    };
  }

  get #bytes(): Uint8Array {
    return new Uint8Array(this.space.heap.memory.buffer);
  }

  #fill([address, bytes]: Range, first: number): void {
    const words = new Int32Array(this.space.heap.memory.buffer, address, bytes >> 2);
    for (let i = 0; i < words.length; i++) words[i] = PATTERN[(i + first) % PATTERN.length]!;
  }

  /**
   * Runs a plan twice, in an arena that is full of a pattern before, and gives its outputs.
   *
   * @throws Error where it changes a byte that is not of an array that some step makes, or of scratch memory; or where the second run
   * gives other bits than the first
   */
  run(plan: Plan, given: readonly Tensor[]): TypedArray[] {
    const { heap, arena } = this.space;
    const code = compilePlan(plan, GAP);
    arena.ensure(code.arenaBytes);
    // The program's own blocks come from here.
    const room = heap.allocate(code.keptBytes + 4 * code.places.length + 4096);
    this.#fill([room, code.keptBytes], 3);
    heap.free(room);
    const before = this.#allocated.length;
    const program = new Program(code, this.space);
    // A program allocates its table, then what it keeps.
    const kept = this.#allocated[before + 1]![0];
    plan.leaves.forEach(({ fixed }, i) => {
      if (fixed) program.bindFixed(i, given[i]!, given[i]!.owner);
    });
    const runs = [0, 1].map((turn) => {
      program.begin();
      this.#fill([arena.address, code.arenaBytes], turn);
      plan.leaves.forEach(({ fixed }, i) => {
        if (!fixed) program.bindInput(i, given[i]!.value!);
      });
      if (this.#expected.length !== this.#bytes.length) this.#expected = this.#bytes.slice();
      else this.#expected.set(this.#bytes);
      program.execute();
      this.#expectUnchanged(writable(code, arena.address, kept));
      return plan.outputs.map((_, i) => program.read(i));
    });
    runs[0]!.forEach((array, i) => {
      if (!sameBytes(array, runs[1]![i]!)) throw new Error(`output ${i} has other bits when computed again`);
    });
    return runs[0]!;
  }

  #expectUnchanged(ranges: readonly Range[]): void {
    const [expected, bytes] = [this.#expected, this.#bytes];
    for (const [address, length] of ranges) expected.set(bytes.subarray(address, address + length), address);
    if (Buffer.compare(expected, bytes) === 0) return;
    const at = expected.findIndex((byte, i) => byte !== bytes[i]);
    throw new Error(`byte ${at} has changed; these may: ${JSON.stringify(ranges)}`);
  }
}

/** Where the code of a plan may write. */
function writable(code: ReturnType<typeof compilePlan>, arena: number, kept: number): Range[] {
  const { plan, packs, places, arenaBytes } = code;
  const sizes = [
    ...plan.values.map(({ dtype, size }) => SIZES[dtype] * size),
    ...packs.map(({ weights }) => weights.bytes),
  ];
  const ranges = sizes.flatMap((bytes, entry): Range[] => {
    const place = places[entry]!;
    if (place.kind === "arena") return [[arena + place.offset, bytes]];
    return place.kind === "kept" ? [[kept + place.offset, bytes]] : [];
  });
  // How large scratch memory is, is known to those alone who ask for it. Behind it there is a gap, then another block or the end.
  const scratch = places[sizes.length]! as { offset: number };
  const after = ranges.map(([address]) => address - arena).filter((offset) => offset > scratch.offset);
  const end = Math.min(arenaBytes, ...after);
  return [...ranges, [arena + scratch.offset, Math.max(end - GAP - scratch.offset, 0)]];
}

function sameBytes(a: TypedArray, b: TypedArray): boolean {
  const bytesOf = ({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array =>
    new Uint8Array(buffer, byteOffset, byteLength);
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}
