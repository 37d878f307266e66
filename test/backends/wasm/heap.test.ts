import fc from "fast-check";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Heap } from "../../../src/backends/wasm/heap.ts";
import { Residents } from "../../../src/backends/wasm/residents.ts";
import { Space } from "../../../src/backends/wasm/space.ts";
import { AtrousError } from "../../../src/core/errors.ts";
import { tensor } from "../../../src/index.ts";

const GAP = 64;
const bytesOf = (heap: Heap): number => heap.memory.buffer.byteLength;

/** What is allocated, with a number in all of its words. */
class Used {
  readonly heap = new Heap();
  readonly blocks: { address: number; bytes: number; word: number }[] = [];
  #word = 1;

  allocate(bytes: number): void {
    const address = this.heap.allocate(bytes);
    const word = this.#word++;
    this.heap.int32.fill(word, address >> 2, (address + bytes) >> 2);
    this.blocks.push({ address, bytes, word });
  }

  free(i: number): void {
    const [block] = this.blocks.splice(i % this.blocks.length, 1);
    this.heap.free(block!.address);
  }

  check(): void {
    const { heap } = this;
    expect(heap.int32.buffer).toBe(heap.memory.buffer);
    expect(heap.float32.buffer).toBe(heap.memory.buffer);
    const sorted = this.blocks.toSorted((a, b) => a.address - b.address);
    sorted.forEach(({ address, bytes, word }, i) => {
      expect(address % 64).toBe(0);
      expect(address).toBeGreaterThan(0);
      expect(address + bytes + 16).toBeLessThanOrEqual(sorted[i + 1]?.address ?? bytesOf(heap));
      const words = heap.int32.subarray(address >> 2, (address + bytes) >> 2);
      expect(words.every((found) => found === word)).toBe(true);
    });
  }
}

/** Large ones make the memory grow. */
const sizes = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 60000 }));
const moves = fc.array(fc.oneof(sizes, sizes, fc.integer({ min: -1000, max: -1 })), { maxLength: 40 });

test("blocks are aligned, apart from each other and inside the memory, and keep what they hold", {
  timeout: 30_000,
}, () => {
  fc.assert(
    fc.property(moves, (moves) => {
      const used = new Used();
      for (const move of moves) {
        if (move >= 0) used.allocate(4 * move);
        else if (used.blocks.length > 0) used.free(-move);
        used.check();
      }
    }),
    { numRuns: 60 },
  );
});

test("what is free joins: afterwards one block of everything fits, whatever the order of freeing", () => {
  fc.assert(
    fc.property(fc.array(sizes, { minLength: 1, maxLength: 20 }), fc.nat(), (bytes, order) => {
      const used = new Used();
      for (const each of bytes) used.allocate(each);
      const before = bytesOf(used.heap);
      const total = bytes.reduce((sum, each) => sum + Math.ceil((each + GAP) / 64) * 64, 0);
      for (let i = order; used.blocks.length > 0; i = (i * 7 + 3) % 1009) used.free(i);
      expect(used.heap.allocate(total - GAP)).toBe(64);
      expect(bytesOf(used.heap)).toBe(before);
    }),
    { numRuns: 100 },
  );
});

test("the same blocks again and again need the same memory", { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(fc.array(sizes, { minLength: 1, maxLength: 10 }), fc.nat(), (bytes, order) => {
      const used = new Used();
      const round = (): void => {
        for (const each of bytes) used.allocate(each);
        for (let i = order; used.blocks.length > 0; i = (i * 7 + 3) % 1009) used.free(i);
      };
      round();
      const before = bytesOf(used.heap);
      for (let i = 0; i < 20; i++) round();
      expect(bytesOf(used.heap)).toBe(before);
    }),
    { numRuns: 50 },
  );
});

test("a part of what is free is given out, and the rest stays free", () => {
  const heap = new Heap();
  const [first, second] = [heap.allocate(960), heap.allocate(100)];
  heap.free(first);
  expect(heap.allocate(64)).toBe(first);
  expect(heap.allocate(960 - 64 - GAP)).toBe(first + 128);
  heap.free(second);
  expect(heap.allocate(5000)).toBe(second);
});

test("growth makes new views", () => {
  const heap = new Heap();
  const { generation, float32 } = heap;
  const address = heap.allocate(1e6);
  expect(heap.generation).toBe(generation + 1);
  expect(float32.length).toBe(0);
  expect(heap.float32.length * 4).toBe(bytesOf(heap));
  expect(address + 1e6).toBeLessThanOrEqual(bytesOf(heap));
});

test("what is not allocated cannot be freed", () => {
  const heap = new Heap();
  const address = heap.allocate(10);
  expect(() => heap.free(address + 64)).toThrow(`nothing is allocated at ${address + 64}`);
  heap.free(address);
  expect(() => heap.free(address)).toThrow(AtrousError);
});

describe("more than there can be", () => {
  test("is refused, and everything else goes on", () => {
    const used = new Used();
    used.allocate(100);
    used.allocate(200);
    used.free(0);
    const before = bytesOf(used.heap);
    for (const bytes of [2 ** 31 - 2 ** 16, 2 ** 31, 2 ** 40])
      expect(() => used.heap.allocate(bytes)).toThrow(
        /wasm: \d+ bytes of memory are not to be had; 2147418112 are the most/,
      );
    expect(bytesOf(used.heap)).toBe(before);
    for (const bytes of [40, 4000, 70000]) used.allocate(bytes);
    used.check();
  });

  test("leaves the arena where it was", () => {
    const { heap, arena } = new Space();
    arena.ensure(1000);
    expect(() => arena.ensure(2 ** 31)).toThrow(AtrousError);
    // Nobody else may get its place.
    const others = [1, 2, 3].map(() => heap.allocate(100));
    arena.ensure(1000);
    for (const other of others)
      expect(other + 100 <= arena.address || other >= arena.address + 1000, `${other} in ${arena.address}`).toBe(true);
  });
});

describe("the arena", () => {
  test("grows, counts its moves and frees its former place", () => {
    const { heap, arena } = new Space();
    arena.ensure(1000);
    const [{ generation }, first] = [arena, arena.address];
    arena.ensure(10);
    expect([arena.generation, arena.address]).toEqual([generation, first]);
    heap.allocate(10);
    arena.ensure(5000);
    expect(arena.generation).toBe(generation + 1);
    expect(heap.allocate(900)).toBe(first);
  });
});

describe("what parameters have in memory", () => {
  afterEach(() => vi.unstubAllGlobals());

  test("is found again by owner and layout", () => {
    const residents = new Residents(new Heap());
    const [one, other] = [tensor([1]), tensor([1])];
    const found = [residents.of(one, "plain", 4), residents.of(one, "packed", 4), residents.of(other, "plain", 4)];
    expect(new Set(found.map(({ address }) => address)).size).toBe(3);
    expect(residents.of(one, "plain", 4)).toBe(found[0]);
    expect(residents.of(one, "packed", 4)).toBe(found[1]);
  });

  test("goes when the parameter goes", () => {
    const collected: (() => void)[] = [];
    vi.stubGlobal(
      "FinalizationRegistry",
      class {
        readonly #callback: (held: unknown) => void;
        constructor(callback: (held: unknown) => void) {
          this.#callback = callback;
        }
        register(_owner: object, held: unknown): void {
          collected.push(() => this.#callback(held));
        }
      },
    );
    const heap = new Heap();
    const residents = new Residents(heap);
    const [one, other] = [tensor([1]), tensor([1])];
    const kept = residents.of(other, "plain", 4).address;
    const before = [residents.of(one, "plain", 500).address, residents.of(one, "packed", 500).address];
    expect(collected.length).toBe(2);
    collected[1]!();
    // Both places are free again, the other parameter's is not.
    expect([heap.allocate(500), heap.allocate(500)]).toEqual(before);
    expect(before).not.toContain(kept);
    expect(() => heap.free(kept)).not.toThrow();
  });
});
