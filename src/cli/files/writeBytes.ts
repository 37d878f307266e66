import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";

const PIECE = 2 ** 28;

/** Writes a file that is there as a whole or not at all: beside its place first, then by its name. */
export function writeBytes(path: string, bytes: Uint8Array): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(beside, "wx");
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(PIECE, bytes.length - at));
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") rmSync(beside, { force: true });
    throw error;
  }
}
