/**
 * What `torch.save` wrote before PyTorch 1.6, and since then with `_use_new_zipfile_serialization=False`: pickles of a magic number, a
 * version, facts about the machine, the object and the keys of its storages, then the storages. Source: PyTorch, torch/serialization.py.
 */
import { storedTensor } from "../bytes/elements.ts";
import type { Fail } from "../bytes/fail.ts";
import { isCount } from "../bytes/shape.ts";
import { budget } from "./budget.ts";
import { describe } from "./pickle/arguments.ts";
import { Cursor } from "./pickle/cursor.ts";
import type { Host } from "./pickle/host.ts";
import { unpickle } from "./pickle/unpickle.ts";
import { Storage } from "./storage.ts";
import { bytesPerItem, checkSameType, checkStorageId, type StorageId } from "./storageId.ts";
import type { TorchValue } from "./value.ts";
import { tensorView } from "./view.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;
/** The magic number as a pickle: LONG1 of ten bytes. */
const SIGNATURE = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** Whether the file begins with the magic number: after PROTO, of two bytes, and from protocol 4 on FRAME, of nine. */
export const isTorchLegacy = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x80 && [2, 11].some((start) => SIGNATURE.every((byte, i) => bytes[start + i] === byte));

export function readLegacyFile(bytes: Uint8Array, limit: number, fail: Fail): TorchValue {
  const cursor = new Cursor(bytes, fail);
  const bare = {
    fail,
    spend: budget(limit, fail),
    fileSize: bytes.length,
    persistent: () => fail("the pickle refers to storages where none are"),
    tensor: () => fail("the pickle has tensors where none are"),
  };
  if (unpickle(cursor, bare) !== MAGIC) fail("the file does not begin with PyTorch's magic number");
  const version = unpickle(cursor, bare);
  if (version !== VERSION) fail(`the file is of version ${describe(version)}; ${VERSION} is read`);
  unpickle(cursor, bare);

  // The storages come after the object that is made of them, and only its pickle says of which type they are. So it runs twice.
  const start = cursor.at;
  const ids = new Map<string, StorageId>();
  unpickle(cursor, { ...bare, ...scout(ids, fail) });
  const storages = readStorages(cursor, bytes.length, ids, unpickle(cursor, bare), fail);
  cursor.at = start;
  const spend = budget(limit, fail);
  return unpickle(cursor, {
    ...bare,
    spend,
    persistent: finder(storages, fail),
    tensor: (layout) => tensorView(layout, spend, fail),
  });
}

/** Notes which storages there are, and makes nothing of them. */
function scout(ids: Map<string, StorageId>, fail: Fail): Pick<Host, "persistent" | "tensor"> {
  const empty = storedTensor("float32", new Float32Array(0), [0]);
  return {
    persistent(given) {
      const id = checkStorageId(given, fail);
      ids.set(id.key, id);
      return new Storage(id.type.type, new Uint8Array(0), true);
    },
    tensor: () => empty,
  };
}

/** For every key the number of elements, in 8 bytes, and the elements: little-endian, whatever the machine was. */
function readStorages(
  cursor: Cursor,
  fileSize: number,
  ids: ReadonlyMap<string, StorageId>,
  keys: TorchValue,
  fail: Fail,
): Map<string, Storage> {
  if (!Array.isArray(keys)) return fail(`the keys of the storages are ${describe(keys)}, not a list`);
  const storages = new Map<string, Storage>();
  for (const key of keys) {
    const id = typeof key === "string" ? ids.get(key) : undefined;
    if (!id) return fail(`the file has storage ${describe(key)}, to which nothing refers`);
    const left = fileSize - cursor.at - 8;
    const numel = left < 0 ? 0 : cursor.uint64();
    const size = numel * bytesPerItem(id.type);
    if (left < size || left < 0)
      fail(`the file ends too early: storage ${describe(key)} of ${size} bytes has ${Math.max(left, 0)} left`);
    if (numel !== id.numel) fail(`storage ${describe(key)} has ${numel} elements, but should have ${id.numel}`);
    storages.set(id.key, new Storage(id.type.type, cursor.take(size), true));
  }
  return storages;
}

/** The storage of an id, or the part of it that a view has: `(key of the view, first element, elements)`. */
function finder(storages: ReadonlyMap<string, Storage>, fail: Fail): (given: unknown) => Storage {
  const views = new Map<unknown, Storage>();
  return (given) => {
    const id = checkStorageId(given, fail);
    const root = storages.get(id.key);
    if (!root) return fail(`the file has no storage ${describe(id.key)}`);
    checkSameType(root, id, fail);
    if (id.view === null || id.view === undefined) return root;
    const [key, first, count] = Array.isArray(id.view) ? id.view : [];
    const known = views.get(key);
    if (known) return checkSameType(known, id, fail);
    const step = bytesPerItem(id.type);
    if (!isCount(first) || !isCount(count) || (first + count) * step > root.bytes.length)
      return fail(`a view is not in storage ${describe(id.key)}: ${describe(first)}, ${describe(count)} elements on`);
    const view = new Storage(root.type, root.bytes.subarray(first * step, (first + count) * step), true);
    views.set(key, view);
    return view;
  };
}
