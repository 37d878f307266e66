import { closeSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { basename } from "node:path";
import { FormatError } from "../../core/errors.ts";
import { piecewise } from "./piecewise.ts";

/**
 * The bytes of a file of any size that one array can hold.
 *
 * @throws FormatError for a larger one, for a folder, and for one that changes while it is read
 */
export function readBytes(path: string): Uint8Array<ArrayBuffer> {
  const file = openSync(path, "r");
  try {
    const status = fstatSync(file);
    if (status.isDirectory()) throw new FormatError(`${path} is a folder, not a file`);
    if (!status.isFile()) return new Uint8Array(readFileSync(file)); // pipes have no size
    const bytes = room(path, status.size);
    piecewise(`reading ${basename(path)}`, bytes.length, (at, length) => {
      const count = readSync(file, bytes, at, length, at);
      if (count === 0) throw new FormatError(`${path}: the file got shorter while it was read`);
      return count;
    });
    return bytes;
  } finally {
    closeSync(file);
  }
}

function room(path: string, size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch {
    throw new FormatError(
      `${path}: the file has ${(size / 2 ** 30).toFixed(1)} GiB, more than one array can hold here`,
    );
  }
}
