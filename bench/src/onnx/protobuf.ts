/** A message of Protocol Buffers as the pieces it is made of, joined once at the end. */
export type Piece = Uint8Array;

function varint(value: number): Piece {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) | 128);
  }
}

/** A field that holds an integer ≥ 0. */
export function integer(field: number, value: number): Piece[] {
  return [varint(field << 3), varint(value)];
}

/** A field that holds a 32-bit float. */
export function float(field: number, value: number): Piece[] {
  return [varint((field << 3) | 5), new Uint8Array(Float32Array.of(value).buffer)];
}

/** A field that holds raw bytes. */
export function bytes(field: number, value: Uint8Array): Piece[] {
  return message(field, [value]);
}

/** A field that holds text. */
export function text(field: number, value: string): Piece[] {
  return message(field, [new TextEncoder().encode(value)]);
}

/** A field that holds another message. */
export function message(field: number, pieces: readonly Piece[]): Piece[] {
  return [varint((field << 3) | 2), varint(pieces.reduce((size, piece) => size + piece.length, 0)), ...pieces];
}

export function join(pieces: readonly Piece[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    whole.set(piece, offset);
    offset += piece.length;
  }
  return whole;
}
