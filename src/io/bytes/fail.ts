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

/**
 * The bytes as a plain Uint8Array of this realm, without a copy unless they are shared between threads: `slice` of a Node `Buffer` would be none, and test runners and frames have
 * a class of their own.
 */
export function checkBytes(reader: string, bytes: unknown): Uint8Array {
  const fail = failing(reader);
  if (!isBytes(bytes)) {
    const hint = bytes instanceof ArrayBuffer ? "; new Uint8Array(buffer) makes one of it" : "";
    return fail(`expected a Uint8Array, got ${show(bytes)}${hint}`);
  }
  // Shared memory may change while it is read, and browsers decode no text from it.
  if (Object.prototype.toString.call(bytes.buffer) === "[object SharedArrayBuffer]") return new Uint8Array(bytes);
  try {
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  } catch {
    return fail("the bytes are not here any more: their buffer was transferred, to a worker perhaps");
  }
}

const isBytes = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === "[object Uint8Array]";
