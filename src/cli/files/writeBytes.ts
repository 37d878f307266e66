import { closeSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename } from "node:path";
import { piecewise } from "./piecewise.ts";

/** Writes a file that is there as a whole or not at all: beside its place first, then by its name. */
export function writeBytes(path: string, bytes: Uint8Array): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(beside, "wx");
    try {
      piecewise(`writing ${basename(path)}`, bytes.length, (at, length) => writeSync(file, bytes, at, length));
    } finally {
      closeSync(file);
    }
    renameSync(beside, path);
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.code !== "EEXIST") rmSync(beside, { force: true });
    if (failure.path === beside) failure.path = path; // the name that was asked for
    throw failure;
  }
}
