import { OptionTypeError, ShapeError } from "../core/errors.ts";
import { show } from "../core/options.ts";
import type { Engine } from "./engine/engine.ts";

/** Blocks of output on their way to being one. */
export class Parts {
  readonly #parts: Float32Array[][] = [];
  isEmpty = true;

  take(engine: Engine, rows: number): void {
    this.isEmpty = false;
    const count = engine.available;
    if (count <= 0) return;
    const part = Array.from({ length: rows }, () => new Float32Array(count));
    engine.take(part, 0, count);
    this.#parts.push(part);
  }

  join(rows: number): Float32Array[] {
    if (this.#parts.length === 1) return this.#parts[0]!;
    const length = this.#parts.reduce((sum, part) => sum + part[0]!.length, 0);
    return Array.from({ length: rows }, (_, row) => {
      const joined = new Float32Array(length);
      let at = 0;
      for (const part of this.#parts) {
        joined.set(part[row]!, at);
        at += part[row]!.length;
      }
      return joined;
    });
  }
}

/** The length of a block of one Float32Array per channel. */
export function checkBlock(op: string, block: unknown, channels: number): number {
  if (!Array.isArray(block) || !block.every((row) => row instanceof Float32Array))
    throw new OptionTypeError(`${op}: expected an array of Float32Arrays, one per channel, got ${show(block)}`);
  if (block.length !== channels)
    throw new ShapeError(`${op}: the network has ${channels} input channels, got ${block.length}`);
  const length = block[0]!.length;
  for (const row of block)
    if (row.length !== length)
      throw new ShapeError(
        `${op}: all channels must have one length, got ${block.map((each) => each.length).join(", ")}`,
      );
  return length;
}
