/** The pickle of a few values, protocol 2: every function here makes the bytes of one. They are what PyTorch's C++ reader knows too. */
const PROTO_2 = [0x80, 2];
const code = (character: string): number => character.charCodeAt(0);
const utf8 = new TextEncoder();

/** Bytes of a pickle, in pieces. */
export type Emitted = readonly (readonly number[] | Uint8Array)[];

export function text(value: string): Emitted {
  const bytes = utf8.encode(value);
  return [[code("X"), ...littleEndian(BigInt(bytes.length), 4)], bytes];
}

export function integer(value: number): Emitted {
  if (value >= 0 && value < 2 ** 8) return [[code("K"), value]];
  if (Math.abs(value) < 2 ** 31) return [[code("J"), ...littleEndian(BigInt(value), 4)]];
  return [[0x8a, 8, ...littleEndian(BigInt(value), 8)]];
}

export const no: Emitted = [[0x89]];

export const tuple = (...items: readonly Emitted[]): Emitted =>
  items.length === 0 ? [[code(")")]] : [[code("(")], ...items.flat(), [code("t")]];

/** A name that whoever reads it has to know. */
export const named = (module: string, name: string): Emitted => [utf8.encode(`c${module}\n${name}\n`)];

export const call = (called: Emitted, ...given: readonly Emitted[]): Emitted => [
  ...called,
  ...tuple(...given),
  [code("R")],
];

/** Something outside the pickle. */
export const persistent = (id: Emitted): Emitted => [...id, [code("Q")]];

/**
 * Keys and values in turn. A plain dict, which keeps its order since Python 3.7: what PyTorch's C++ reader makes of an `OrderedDict`
 * is nothing.
 */
export const dict = (keysAndValues: readonly Emitted[]): Emitted => [
  [code("}"), code("(")],
  ...keysAndValues.flat(),
  [code("u")],
];

export function finish(value: Emitted): Uint8Array {
  const pieces = [PROTO_2, ...value, [code(".")]];
  const bytes = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  pieces.reduce((at, piece) => {
    bytes.set(piece, at);
    return at + piece.length;
  }, 0);
  return bytes;
}

/** Two's complement. */
const littleEndian = (value: bigint, size: number): number[] =>
  Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
