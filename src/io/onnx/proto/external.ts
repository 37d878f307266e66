import { OptionTypeError } from "../../../core/errors.ts";
import { show } from "../../../core/options.ts";
import type { Fail } from "../../bytes/fail.ts";
import { fieldsOf, textOf } from "../../protobuf/reader.ts";

/** Gives the bytes of a file beside the model, whose name is relative to the model's folder. */
export type ReadExternal = (location: string) => Uint8Array;

/**
 * Numbers that a model keeps in other files. Nothing is opened here: the caller's `readExternal` is asked once for each file, and only
 * for names that stay in the model's folder.
 */
export class ExternalFiles {
  readonly #reader: string;
  readonly #read: ReadExternal | undefined;
  readonly #files = new Map<string, Uint8Array>();
  /** Bytes of all files, and those handed out. */
  #size = 0;
  #taken = 0;

  constructor(reader: string, read: ReadExternal | undefined) {
    if (read !== undefined && typeof read !== "function")
      throw new OptionTypeError(`${reader}: readExternal must be a function, got ${show(read)}`);
    this.#reader = reader;
    this.#read = read;
  }

  /**
   * The bytes that entries of `external_data` say: `location`, and where given `offset` and `length`.
   *
   * @throws through `fail`; OptionTypeError where `readExternal` returns no bytes
   */
  take(entries: ReadonlyMap<string, string>, fail: Fail): Uint8Array {
    const location = entries.get("location") ?? "";
    checkLocation(location, fail);
    const file = this.#files.get(location) ?? this.#open(location, fail);
    const offset = position(entries, "offset", fail) ?? 0;
    const length = position(entries, "length", fail) ?? Math.max(0, file.length - offset);
    if (offset + length > file.length)
      fail(`it ends at byte ${offset + length} of ${show(location)}, which has ${file.length}`);
    // Tensors may share bytes, but not so often that a small file fills the memory.
    this.#taken += length;
    if (this.#taken > 4 * this.#size)
      fail(`external tensors take ${this.#taken} bytes, more than four times the ${this.#size} of their files`);
    return file.subarray(offset, offset + length);
  }

  #open(location: string, fail: Fail): Uint8Array {
    if (!this.#read)
      return fail(
        `its numbers are in the file ${show(location)}; give the option readExternal, a function that returns the bytes of it`,
      );
    const file = this.#read(location);
    if (!(file instanceof Uint8Array))
      throw new OptionTypeError(
        `${this.#reader}: readExternal(${show(location)}) must return a Uint8Array, got ${show(file)}`,
      );
    this.#files.set(location, file);
    this.#size += file.length;
    return file;
  }
}

/** Refuses what could leave the folder of the model, on any system: onnx itself has had to close such holes more than once. */
function checkLocation(location: string, fail: Fail): void {
  const problem =
    location === ""
      ? "is empty"
      : /[\\\0]/.test(location)
        ? "has a backslash or a zero in it"
        : /^\/|^[a-z]+:/i.test(location)
          ? "is absolute"
          : location.split("/").includes("..")
            ? "leaves the folder of the model"
            : null;
  if (problem) fail(`the location ${show(location)} of its numbers ${problem}`);
}

function position(entries: ReadonlyMap<string, string>, key: string, fail: Fail): number | null {
  const text = entries.get(key);
  if (text === undefined) return null;
  return /^\d{1,15}$/.test(text) ? Number(text) : fail(`its external ${key} is ${show(text)}, not a number of bytes`);
}

/** One StringStringEntryProto. */
export function readEntry(bytes: Uint8Array, fail: Fail): [key: string, value: string] {
  let [key, value] = ["", ""];
  for (const field of fieldsOf(bytes, fail)) {
    if (field.number === 1) key = textOf(field, fail);
    else if (field.number === 2) value = textOf(field, fail);
  }
  return [key, value];
}
