import { checkOptions } from "../../core/options.ts";
import { checkBytes, type Fail, failing } from "../bytes/fail.ts";
import { checkMaxBytes } from "../bytes/maxBytes.ts";
import { startsWith } from "../bytes/startsWith.ts";
import { budget } from "./budget.ts";
import { isTorchLegacy, readLegacyFile } from "./legacyFile.ts";
import type { TorchValue } from "./value.ts";
import { readZipFile } from "./zipFile.ts";

/** A state dict of a hundred numbers, expanded, is small, whatever it is a multiple of. */
const SMALL = 2 ** 20;

/**
 * What `torch.save` wrote, of any version, or the state of a TorchScript archive. Only data is read: a pickle that asks for anything
 * else, which Python would run, is an error that names it.
 *
 * Tensors whose numbers are in the file as they are in memory are views of `bytes`; those that share a storage share memory. Types
 * that do not exist in memory are widened (see `FileDType`). A parameter is its tensor; attributes of dicts and tensors are left out.
 *
 * @param options.maxBytes memory for what cannot be a view: numbers that are converted, transposed or expanded, and compressed entries of
 * an archive, which PyTorch never writes. By default four times the file, at least 1 MiB
 * @throws FormatError, OptionError
 */
export function readTorch(bytes: Uint8Array, options: { readonly maxBytes?: number } = {}): TorchValue {
  checkOptions("readTorch", options, ["maxBytes"]);
  const plain = checkBytes("readTorch", bytes);
  const fail = failing("readTorch");
  const limit = checkMaxBytes("readTorch", options.maxBytes) ?? Math.max(4 * plain.length, SMALL);
  if (startsWith(plain, "PK\x03\x04")) return readZipFile(plain, limit, budget(limit, fail), fail);
  return isTorchLegacy(plain) ? readLegacyFile(plain, limit, fail) : refuse(plain, fail);
}

/** Which file it is instead: the reader has usually been given the wrong one, not a damaged one. */
function refuse(bytes: Uint8Array, fail: Fail): never {
  if (bytes.length === 0) fail("the file is empty");
  if (startsWith(bytes, "ustar", 257))
    fail("the file is a tar archive, as the first versions of PyTorch wrote; load it there and save it again");
  if (bytes[0] === 0x80) fail("the file is a pickle, but not one of torch.save: the magic number is missing");
  return fail("the file is neither a ZIP archive nor a pickle, so torch.save did not write it");
}
