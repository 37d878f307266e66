/** An array that lives from step `first` to step `last`, both inclusive. */
export interface Block {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

export interface Arena {
  /** Where each block starts. */
  readonly offsets: number[];
  /** The whole. */
  readonly bytes: number;
}

/**
 * Places for blocks, such that those that live at the same time never overlap: the largest first, each into the smallest room that
 * is left among the blocks it shares a moment with. (Pisarchyk & Lee 2020, "Efficient Memory Management for Deep Neural Net
 * Inference", call it greedy by size and measure it within a few percent of the widest moment, which is a lower bound.)
 *
 * `align`: every offset is a multiple of it; by default 64, a cache line. `gap`: bytes kept free behind every block.
 */
export function placeInArena(
  blocks: readonly Block[],
  { align = 64, gap = 0 }: { align?: number; gap?: number } = {},
): Arena {
  const offsets = new Array<number>(blocks.length).fill(0);
  const largestFirst = blocks.map((_, i) => i).sort((a, b) => blocks[b]!.bytes - blocks[a]!.bytes || a - b);
  const placed = new Placed(blocks.length);
  let bytes = 0;
  for (const i of largestFirst) {
    const { bytes: size, first, last } = blocks[i]!;
    const needed = Math.ceil((size + gap) / align) * align;
    const offset = placed.tightest(needed, first, last);
    placed.add(offset, offset + needed, first, last);
    offsets[i] = offset;
    bytes = Math.max(bytes, offset + needed);
  }
  return { offsets, bytes };
}

/** The blocks that have a place, by offset. Four arrays of numbers, because every block is held against all others. */
class Placed {
  #count = 0;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #firsts: Float64Array;
  readonly #lasts: Float64Array;

  constructor(count: number) {
    [this.#starts, this.#ends, this.#firsts, this.#lasts] = [0, 0, 0, 0].map(() => new Float64Array(count)) as Four;
  }

  /** The start of the smallest room of at least `needed` bytes between the blocks that live at some time in first..last. */
  tightest(needed: number, first: number, last: number): number {
    const [count, starts, ends, firsts, lasts] = [this.#count, this.#starts, this.#ends, this.#firsts, this.#lasts];
    let best = -1;
    let bestRoom = Number.POSITIVE_INFINITY;
    let free = 0; // what lies below is taken, or was considered
    for (let k = 0; k < count; k++) {
      if (lasts[k]! < first || firsts[k]! > last) continue;
      const room = starts[k]! - free;
      if (room >= needed && room < bestRoom) {
        best = free;
        bestRoom = room;
      }
      if (ends[k]! > free) free = ends[k]!;
    }
    return best < 0 ? free : best;
  }

  add(start: number, end: number, first: number, last: number): void {
    let [at, after] = [0, this.#count++];
    while (at < after) {
      const middle = (at + after) >> 1;
      if (this.#starts[middle]! <= start) at = middle + 1;
      else after = middle;
    }
    const insert = (numbers: Float64Array, number: number): void => {
      numbers.copyWithin(at + 1, at, this.#count - 1);
      numbers[at] = number;
    };
    insert(this.#starts, start);
    insert(this.#ends, end);
    insert(this.#firsts, first);
    insert(this.#lasts, last);
  }
}

type Four = [Float64Array, Float64Array, Float64Array, Float64Array];
