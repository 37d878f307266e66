import type { DType } from "../../../../core/dtype.ts";
import {
  copyMemory,
  fillMemory,
  get,
  type I32,
  i32,
  i32x4,
  type Local,
  type Statement,
  v128,
} from "../../assembler/index.ts";

/** Elements that kernels move without looking at them. */
export const isFourBytes = (type: DType): boolean => type === "float32" || type === "int32";

/** `address + bytes` */
export const beyond = (address: Local<"i32">, bytes: number): I32 =>
  bytes === 0 ? get(address) : i32.add(get(address), bytes);

/** Up to here single stores are faster than a call of the engine's own routine, which costs 4 ns (measured, Node 20 and 24). */
const INLINE_BYTES = 64;

/** `to[toOffset …] = from[fromOffset …]`, a multiple of 4 bytes that do not overlap. */
export function copyBytes(
  to: Local<"i32">,
  toOffset: number,
  from: Local<"i32">,
  fromOffset: number,
  bytes: number,
): Statement {
  if (bytes > INLINE_BYTES) return copyMemory(beyond(to, toOffset), beyond(from, fromOffset), bytes);
  return pieces(bytes).map(([offset, size]) =>
    size === 16
      ? v128.store(get(to), v128.load(get(from), fromOffset + offset), toOffset + offset)
      : i32.store(get(to), i32.load(get(from), fromOffset + offset), toOffset + offset),
  );
}

/** `to[offset …] = 0`, a multiple of 4 bytes. */
export function zeroBytes(to: Local<"i32">, toOffset: number, bytes: number): Statement {
  if (bytes > INLINE_BYTES) return fillMemory(beyond(to, toOffset), 0, bytes);
  return pieces(bytes).map(([offset, size]) =>
    size === 16 ? v128.store(get(to), i32x4.const(0), toOffset + offset) : i32.store(get(to), 0, toOffset + offset),
  );
}

/** Vectors, then single elements, as [offset, size]. */
function pieces(bytes: number): [number, number][] {
  const found: [number, number][] = [];
  for (let offset = 0; offset < bytes; ) {
    const size = bytes - offset >= 16 ? 16 : 4;
    found.push([offset, size]);
    offset += size;
  }
  return found;
}
