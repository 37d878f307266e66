import { bytesPerElement } from "../bytes/elements.ts";
import type { Fail } from "../bytes/fail.ts";
import { isCount } from "../bytes/shape.ts";
import { describe } from "./pickle/arguments.ts";
import { type Storage, StorageType } from "./storage.ts";

/** `("storage", type, key, device, number of elements[, view])`: how a pickle refers to the storages beside it. */
export interface StorageId {
  readonly type: StorageType;
  readonly key: string;
  /** Elements; bytes where the storage has no type. */
  readonly numel: number;
  readonly view: unknown;
}

export function checkStorageId(id: unknown, fail: Fail): StorageId {
  if (!Array.isArray(id) || id[0] !== "storage")
    return fail(`the pickle refers to ${describe(Array.isArray(id) ? id[0] : id)} outside it, which is no storage`);
  const [, type, key, , numel, view] = id as unknown[];
  if (!(type instanceof StorageType)) return fail(`a storage is of type ${describe(type)}`);
  if (typeof key !== "string") return fail(`a storage has the key ${describe(key)}, which is no string`);
  return isCount(numel) ? { type, key, numel, view } : fail(`storage ${describe(key)} has ${describe(numel)} elements`);
}

export const bytesPerItem = ({ type }: StorageType): number => (type === null ? 1 : bytesPerElement(type));

export function checkSameType(known: Storage, { type, key }: StorageId, fail: Fail): Storage {
  return known.type === type.type ? known : fail(`storage ${describe(key)} is of ${known.type} and of ${type.type}`);
}
