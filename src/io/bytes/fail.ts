import { FormatError } from "../../core/errors.ts";
import { show } from "../../core/options.ts";

/** Ends reading: `problem` is a clause, such as "the header is not JSON". */
export type Fail = (problem: string) => never;

/** The one error of a reader. `reader` names it, `readTorch`, or what was being read. */
export function failing(reader: string): Fail {
  return (problem) => {
    throw new FormatError(`${reader}: ${problem}`);
  };
}

/** The bytes as a plain Uint8Array, without a copy: `slice` of a Node `Buffer` would be none. */
export function checkBytes(reader: string, bytes: unknown): Uint8Array {
  if (bytes instanceof Uint8Array)
    return bytes.constructor === Uint8Array ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  const hint = bytes instanceof ArrayBuffer ? "; new Uint8Array(buffer) makes one of it" : "";
  return failing(reader)(`expected a Uint8Array, got ${show(bytes)}${hint}`);
}
