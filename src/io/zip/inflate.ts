/**
 * Inflate: what DEFLATE compressed. Accepts and refuses exactly what zlib does. The platform's own `DecompressionStream` is
 * asynchronous, and would inflate a bomb to its end before anyone could say stop.
 *
 * Source: RFC 1951.
 */
import type { Fail } from "../bytes/fail.ts";

/** Codes of up to 10 bits are looked up at once, one symbol in a thousand is longer; tables of 15 bits would take 64 kB each. */
const LOOKUP_BITS = 10;
const LONGEST_CODE = 15;
const END_OF_BLOCK = 256;

/** A Huffman code, canonical: the codes of one length are consecutive, in the order of their symbols. */
interface Code {
  /** By the next bits, at most 10: the symbol × 16 + the length of its code, or 0 where the code is longer or there is none. */
  readonly lookup: Uint16Array;
  /** How many codes there are of each length. */
  readonly counts: Uint16Array;
  /** The symbols that have codes, by length, then by value. */
  readonly symbols: Uint16Array;
  /** Whether every bit pattern means something. */
  readonly complete: boolean;
}

/** RFC 1951 §3.2.2. It must be complete, except that there may be no codes or a single one, of one bit. */
function makeCode(lengths: Uint8Array, fail: Fail): Code {
  const counts = new Uint16Array(LONGEST_CODE + 1);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  const starts = new Uint16Array(LONGEST_CODE + 2);
  let free = 1;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    starts[length + 1] = starts[length]! + counts[length]!;
    free = free * 2 - counts[length]!;
    if (free < 0) fail("its compressed data has a Huffman code with more codes than bits allow");
  }
  const coded = starts[LONGEST_CODE + 1]!;
  if (free > 0 && coded > counts[1]!) fail("its compressed data has an incomplete Huffman code");
  const symbols = new Uint16Array(coded);
  const next = starts.slice();
  for (let symbol = 0; symbol < lengths.length; symbol++)
    if (lengths[symbol]) symbols[next[lengths[symbol]!]!++] = symbol;

  // No wider than the longest code: a file of nothing but tiny blocks should not take time for large tables.
  let longest = LOOKUP_BITS;
  while (longest > 0 && counts[longest] === 0) longest--;
  const lookup = new Uint16Array(1 << longest);
  let code = 0;
  for (let length = 1; length <= longest; length++, code *= 2)
    for (let i = 0; i < counts[length]!; i++, code++)
      for (let pattern = reversed(code, length); pattern < lookup.length; pattern += 1 << length)
        lookup[pattern] = symbols[starts[length]! + i]! * 16 + length;
  return { lookup, counts, symbols, complete: free === 0 };
}

/** The stream has codes from their highest bit on, everything else from the lowest. */
function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}

/** RFC 1951 §3.2.5: `bits[i]` extra bits after symbol i, and the number that its values start from. */
function ranges(first: number, bits: readonly number[]): { readonly bits: Uint8Array; readonly bases: Uint16Array } {
  const bases = new Uint16Array(bits.length);
  bits.reduce((base, extra, i) => {
    bases[i] = base;
    return base + 2 ** extra;
  }, first);
  return { bits: Uint8Array.from(bits), bases };
}

const lengthRanges = ranges(3, Array.from({ length: 28 }, (_, i) => (i < 8 ? 0 : (i >> 2) - 1)).concat(0));
lengthRanges.bases[28] = 258; // The longest match has a symbol of its own, without extra bits.
const distanceRanges = ranges(
  1,
  Array.from({ length: 30 }, (_, i) => (i < 4 ? 0 : (i >> 1) - 1)),
);

const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const unreachable: Fail = (problem) => {
  throw new Error(problem);
};
const fixedLengths = Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8));
const fixed = {
  literals: makeCode(fixedLengths, unreachable),
  distances: makeCode(new Uint8Array(32).fill(5), unreachable),
};

class Inflater {
  readonly #input: Uint8Array;
  readonly #size: number;
  readonly #fail: Fail;
  #at = 0;
  /** Bits read and not yet used, the next one lowest, and how many. */
  #hold = 0;
  #count = 0;
  #output: Uint8Array<ArrayBuffer>;
  #end = 0;

  constructor(input: Uint8Array, size: number, fail: Fail) {
    this.#input = input;
    this.#size = size;
    this.#fail = fail;
    this.#output = new Uint8Array(Math.min(size, 65536));
  }

  run(): Uint8Array<ArrayBuffer> {
    for (let last = false; !last; ) {
      last = this.#bits(1) === 1;
      const kind = this.#bits(2);
      if (kind === 0) this.#stored();
      else if (kind === 1) this.#compressed(fixed.literals, fixed.distances);
      else if (kind === 2) this.#dynamic();
      else this.#fail("its compressed data has a block of a kind that does not exist");
    }
    const used = this.#at - (this.#count >> 3);
    if (used > this.#input.length) this.#early();
    if (used < this.#input.length) this.#fail(`its compressed data ends after ${used} of ${this.#input.length} bytes`);
    if (this.#end < this.#size) this.#fail(`it inflates to ${this.#end} bytes, not to the declared ${this.#size}`);
    return this.#output;
  }

  #early(): never {
    return this.#fail("its compressed data ends early");
  }

  /** Holds at least 25 bits: of zeros after the end, which is an error once one of them has been used. */
  #fill(): void {
    if (this.#at >= this.#input.length + 4) this.#early();
    for (; this.#count <= 24; this.#count += 8, this.#at++)
      if (this.#at < this.#input.length) this.#hold |= this.#input[this.#at]! << this.#count;
  }

  /** The next 0 to 16 bits as a number. */
  #bits(width: number): number {
    if (this.#count < width) this.#fill();
    const value = this.#hold & ((1 << width) - 1);
    this.#hold >>>= width;
    this.#count -= width;
    return value;
  }

  #symbol({ lookup, counts, symbols }: Code): number {
    if (this.#count < LONGEST_CODE) this.#fill();
    const found = lookup[this.#hold & (lookup.length - 1)]!;
    if (found) {
      this.#hold >>>= found & 15;
      this.#count -= found & 15;
      return found >>> 4;
    }
    let code = 0;
    let first = 0;
    let before = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      code = code * 2 + ((this.#hold >>> (length - 1)) & 1);
      first *= 2;
      const count = counts[length]!;
      if (code - first < count) {
        this.#hold >>>= length;
        this.#count -= length;
        return symbols[before + code - first]!;
      }
      first += count;
      before += count;
    }
    return this.#fail("its compressed data has a Huffman code that means nothing");
  }

  /** Room for `more` bytes: twice what there is, so that a lying size costs nothing, but never more than declared. */
  #room(more: number): void {
    const needed = this.#end + more;
    if (needed <= this.#output.length) return;
    if (needed > this.#size) this.#fail(`it inflates to more than the declared ${this.#size} bytes`);
    const larger = new Uint8Array(Math.min(this.#size, Math.max(needed, this.#output.length * 2)));
    larger.set(this.#output.subarray(0, this.#end));
    this.#output = larger;
  }

  #stored(): void {
    this.#bits(this.#count & 7);
    const length = this.#bits(16);
    if (length !== (this.#bits(16) ^ 0xffff)) this.#fail("its compressed data has a stored block without a length");
    const start = this.#at - (this.#count >> 3);
    if (start + length > this.#input.length) this.#early();
    this.#room(length);
    this.#output.set(this.#input.subarray(start, start + length), this.#end);
    this.#end += length;
    this.#at = start + length;
    this.#hold = this.#count = 0;
  }

  /** RFC 1951 §3.2.7: the lengths of both codes, themselves compressed. */
  #dynamic(): void {
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const described = this.#bits(4) + 4;
    if (literals > 286 || distances > 30) this.#fail("its compressed data has a Huffman code of too many symbols");
    const short = new Uint8Array(codeLengthOrder.length);
    for (let i = 0; i < described; i++) short[codeLengthOrder[i]!] = this.#bits(3);
    const code = makeCode(short, this.#fail);
    if (!code.complete) this.#fail("its compressed data has an incomplete Huffman code");
    const lengths = new Uint8Array(literals + distances);
    for (let i = 0; i < lengths.length; ) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) this.#fail("its compressed data repeats a code length before the first");
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const times = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      if (i + times > lengths.length) this.#fail("its compressed data has code lengths for too many symbols");
      lengths.fill(value, i, i + times);
      i += times;
    }
    if (!lengths[END_OF_BLOCK]) this.#fail("its compressed data has a block that cannot end");
    const split = [lengths.subarray(0, literals), lengths.subarray(literals)] as const;
    this.#compressed(makeCode(split[0], this.#fail), makeCode(split[1], this.#fail));
  }

  #compressed(literals: Code, distances: Code): void {
    for (;;) {
      this.#literals(literals.lookup);
      const symbol = this.#symbol(literals);
      if (symbol === END_OF_BLOCK) return;
      if (symbol < END_OF_BLOCK) {
        this.#room(1);
        this.#output[this.#end++] = symbol;
      } else this.#match(symbol - 257, distances);
    }
  }

  /** A run of literals with short codes, as far as there is room for them: most of all weights. In locals, which is faster by half. */
  #literals(lookup: Uint16Array): void {
    const input = this.#input;
    const output = this.#output;
    const mask = lookup.length - 1;
    let at = this.#at;
    let hold = this.#hold;
    let count = this.#count;
    let end = this.#end;
    while (end < output.length) {
      if (count < LOOKUP_BITS) {
        if (at + 2 > input.length) break;
        hold |= (input[at]! | (input[at + 1]! << 8)) << count;
        at += 2;
        count += 16;
      }
      const found = lookup[hold & mask]!;
      if (found === 0 || found >= END_OF_BLOCK << 4) break;
      output[end++] = found >>> 4;
      hold >>>= found & 15;
      count -= found & 15;
    }
    this.#at = at;
    this.#hold = hold;
    this.#count = count;
    this.#end = end;
  }

  /** Copies from what was inflated before; the copy may overlap itself, which repeats it. */
  #match(lengthSymbol: number, distances: Code): void {
    if (lengthSymbol > 28) this.#fail("its compressed data has a length that does not exist");
    const length = lengthRanges.bases[lengthSymbol]! + this.#bits(lengthRanges.bits[lengthSymbol]!);
    const symbol = this.#symbol(distances);
    if (symbol > 29) this.#fail("its compressed data has a distance that does not exist");
    const distance = distanceRanges.bases[symbol]! + this.#bits(distanceRanges.bits[symbol]!);
    if (distance > this.#end) this.#fail("its compressed data refers to bytes before the first");
    this.#room(length);
    const output = this.#output;
    const end = this.#end + length;
    for (let to = this.#end; to < end; to++) output[to] = output[to - distance]!;
    this.#end = end;
  }
}

/**
 * The `size` bytes that `bytes` were compressed from.
 *
 * @throws through `fail`, with clauses that say "its" of whatever was compressed
 */
export const inflate = (bytes: Uint8Array, size: number, fail: Fail): Uint8Array<ArrayBuffer> =>
  new Inflater(bytes, size, fail).run();
