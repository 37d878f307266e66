/** Code under construction: bytes, nested as deep as the expressions they come from, and flattened once at the end. */
export type Bytes = number | readonly Bytes[];

export function flatten(code: Bytes, into: number[] = []): number[] {
  if (typeof code === "number") into.push(code);
  else for (const part of code) flatten(part, into);
  return into;
}

/** An unsigned integer of up to 32 bits in LEB128: seven bits per byte, low bits first, the high bit says that more follow. */
export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** A signed 32-bit integer in LEB128: ends where the rest is the sign of the last byte's bit 6. */
export function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (; rest > 63 || rest < -64; rest >>= 7) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest & 0x7f);
  return bytes;
}

/** The bytes of a number in memory, low end first. */
export function float32(value: number): number[] {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  return Array.from(new Uint8Array(view.buffer));
}

export function float64(value: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return Array.from(new Uint8Array(view.buffer));
}

export function int32(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];
}

/** A list as WebAssembly writes it: its length, then its elements. */
export const list = (elements: readonly Bytes[]): Bytes => [unsigned(elements.length), elements];

/** ASCII text, as names of imports and exports are written. */
export const text = (name: string): Bytes => list(Array.from(name, (letter) => letter.charCodeAt(0)));
