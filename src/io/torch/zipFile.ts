/**
 * What `torch.save` writes since PyTorch 1.6: a ZIP archive with the pickle `<name>/data.pkl` and every storage in `<name>/data/<key>`.
 * Archives of TorchScript have both, beside code that is not read. Source: PyTorch, torch/serialization.py.
 */
import type { Fail } from "../bytes/fail.ts";
import { readZip, type ZipEntry } from "../zip/read.ts";
import type { Spend } from "./budget.ts";
import { describe } from "./pickle/arguments.ts";
import { Cursor, textOf } from "./pickle/cursor.ts";
import { unpickle } from "./pickle/unpickle.ts";
import { Storage } from "./storage.ts";
import { bytesPerItem, checkSameType, checkStorageId, type StorageId } from "./storageId.ts";
import type { TorchValue } from "./value.ts";
import { tensorView } from "./view.ts";

const PICKLE = "data.pkl";

/** Whether the entries of a ZIP archive, by name, are those of a file that `torch.save` or TorchScript wrote. */
export const isTorchZip = (entries: ReadonlyMap<string, unknown>): boolean => folderOf(entries) !== undefined;

/** The folder of the pickle, which some versions name after the file and others "archive". */
function folderOf(entries: ReadonlyMap<string, unknown>): string | undefined {
  const pickles = Array.from(entries.keys()).filter((name) => name === PICKLE || name.endsWith(`/${PICKLE}`));
  return pickles.sort((a, b) => a.length - b.length)[0]?.slice(0, -PICKLE.length);
}

/** @param limit bytes that compressed entries may take together */
export function readZipFile(bytes: Uint8Array, limit: number, spend: Spend, fail: Fail): TorchValue {
  const entries = readZip(bytes, fail, limit);
  const folder = folderOf(entries);
  if (folder === undefined) return fail(foreign(entries));
  const little = isLittle(entries.get(`${folder}byteorder`), fail);
  const storages = new Map<string, Storage>();
  const persistent = (given: unknown): Storage => {
    const id = checkStorageId(given, fail);
    const known = storages.get(id.key);
    if (known) return checkSameType(known, id, fail);
    const storage = readStorage(id, entries.get(`${folder}data/${id.key}`), little, fail);
    storages.set(id.key, storage);
    return storage;
  };
  const pickle = new Cursor(entries.get(`${folder}${PICKLE}`)!.read(), fail);
  return unpickle(pickle, {
    fail,
    spend,
    fileSize: bytes.length,
    persistent,
    tensor: (layout) => tensorView(layout, spend, fail),
  });
}

function readStorage(
  { type, key, numel }: StorageId,
  entry: ZipEntry | undefined,
  little: boolean,
  fail: Fail,
): Storage {
  if (!entry) return fail(`the archive has no entry for storage ${describe(key)}`);
  const size = numel * bytesPerItem(type);
  if (entry.size < size) fail(`storage ${describe(key)} should have ${size} bytes, but has ${entry.size}`);
  return new Storage(type.type, entry.read().subarray(0, size), little);
}

function isLittle(entry: ZipEntry | undefined, fail: Fail): boolean {
  if (!entry) return true; // written before PyTorch 2.1, which took this for granted
  const order = textOf(entry.read());
  return order === "little" || (order === "big" ? false : fail(`the archive has byte order ${describe(order)}`));
}

function foreign(entries: ReadonlyMap<string, unknown>): string {
  const names = Array.from(entries.keys());
  const hint = names.some((name) => name.endsWith(".npy"))
    ? "; with .npy files in it, it is one of NumPy"
    : names.some((name) => name.endsWith("/model.json"))
      ? "; with model.json in it, it is of TorchScript before PyTorch 1.4, which is not read here"
      : "";
  return `the ZIP archive has no entry ${PICKLE}, so torch.save did not write it${hint}`;
}
