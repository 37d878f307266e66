/**
 * MindSpore's checkpoint as it is in the file: protobuf messages `Checkpoint { Value value = 1 }`, `Value { string tag = 1; TensorProto
 * tensor = 2 }`, `TensorProto { int64 dims = 1; string tensor_type = 2; bytes tensor_content = 3 }`, one Checkpoint after the other,
 * which reads as one. Source: `mindspore/ccsrc/utils/checkpoint.proto`, `mindspore/train/serialization.py` of MindSpore 2.7.
 */
import { show } from "../../core/options.ts";
import type { Shape } from "../../core/shape.ts";
import type { FileDType } from "../bytes/elements.ts";
import type { Fail } from "../bytes/fail.ts";
import { MAX_RANK } from "../bytes/shape.ts";
import { bytesOf, fieldsOf, integersOf, smallIntegerOf, textOf } from "../protobuf/reader.ts";
import { MessageWriter } from "../protobuf/writer.ts";
import { typeName, typeOf } from "./elementTypes.ts";

/** A parameter as it is in the file. */
export interface StoredValue {
  readonly tag: string;
  readonly dims: Shape;
  readonly type: FileDType;
  /** The numbers, little-endian, in as many parts as they are in the file. */
  readonly parts: readonly Uint8Array[];
  readonly kept: Kept;
}

/**
 * What of a value is not MindSpore's, although it looks like it, and is not to be translated when read: nothing, its name, its shape.
 * It is a field of its own of the message, which MindSpore skips as any reader of protobuf skips what it does not know.
 */
export interface Kept {
  readonly name: boolean;
  readonly shape: boolean;
}

const VALUE = 1;
const TAG = 1;
const TENSOR = 2;
/** Protobuf leaves the numbers from 50000 to whoever needs one. */
const KEPT = 50131;
const DIMS = 1;
const TENSOR_TYPE = 2;
const TENSOR_CONTENT = 3;

/** The largest content of one Value; what is longer continues in the next. `SLICE_SIZE` of serialization.py, in bytes. */
const SLICE_BYTES = 512 * 1024 * 1024;

/** Under this name MindSpore keeps the state of random operations, as bytes of its own. */
export const RANDOM_OP = "random_op";

/**
 * The tensors of a checkpoint in order. Strings and the state of random operations, which are no tensors, are left out.
 *
 * @throws through `fail`
 */
export function decodeCheckpoint(bytes: Uint8Array, fail: Fail): StoredValue[] {
  const values = new Map<string, StoredValue & { readonly parts: Uint8Array[] }>();
  let last = "";
  for (const field of fieldsOf(bytes, fail)) {
    if (field.number !== VALUE) continue;
    const value = decodeValue(bytesOf(field, fail), fail);
    if (!value) continue;
    const before = values.get(value.tag);
    if (!before) values.set(value.tag, value);
    else if (last !== value.tag || before.type !== value.type || String(before.dims) !== String(value.dims))
      fail(`parameter ${show(value.tag)} is there twice`);
    else before.parts.push(...value.parts);
    last = value.tag;
  }
  return [...values.values()];
}

function decodeValue(message: Uint8Array, fail: Fail): (StoredValue & { readonly parts: Uint8Array[] }) | null {
  let tag: string | null = null;
  let tensor: Uint8Array | null = null;
  let kept = 0;
  for (const field of fieldsOf(message, fail)) {
    if (field.number === TAG) tag = textOf(field, fail);
    else if (field.number === TENSOR) tensor = bytesOf(field, fail);
    else if (field.number === KEPT) kept = smallIntegerOf(field, fail);
  }
  if (tag === null) return fail("a value has no tag");
  const failHere: Fail = (problem) => fail(`parameter ${show(tag)}: ${problem}`);
  if (!tensor) return failHere("it is no tensor; map parameters are not read here");
  const dims: number[] = [];
  let type = "";
  let content: Uint8Array = new Uint8Array();
  for (const field of fieldsOf(tensor, failHere)) {
    if (field.number === TENSOR_TYPE) type = textOf(field, failHere);
    else if (field.number === TENSOR_CONTENT) content = bytesOf(field, failHere);
    else if (field.number === DIMS)
      for (const length of integersOf(field, failHere)) {
        if (dims.length === MAX_RANK) failHere(`it has more than ${MAX_RANK} axes`);
        dims.push(Number(length));
      }
  }
  if (type === "str" || (tag === RANDOM_OP && !(kept & 1))) return null;
  const parts = [content];
  return { tag, dims, type: typeOf(type, failHere), parts, kept: { name: (kept & 1) > 0, shape: (kept & 2) > 0 } };
}

/** A checkpoint of the values, with room for `extra` bytes after it. */
export function encodeCheckpoint(
  values: readonly StoredValue[],
  extra: number,
  sliceBytes: number = SLICE_BYTES,
): Uint8Array<ArrayBuffer> {
  const file = new MessageWriter();
  // An empty tensor is one empty slice.
  for (const value of values)
    for (const part of value.parts)
      for (let at = 0; at === 0 || at < part.length; at += sliceBytes)
        file.message(VALUE, encodeValue(value, part.subarray(at, at + sliceBytes)));
  return file.finish(extra);
}

function encodeValue({ tag, dims, type, kept }: StoredValue, content: Uint8Array): MessageWriter {
  const tensor = new MessageWriter();
  for (const length of dims) tensor.integer(DIMS, length);
  tensor.text(TENSOR_TYPE, typeName(type)).bytes(TENSOR_CONTENT, content);
  const value = new MessageWriter().text(TAG, tag).message(TENSOR, tensor);
  return kept.name || kept.shape ? value.integer(KEPT, (kept.name ? 1 : 0) + (kept.shape ? 2 : 0)) : value;
}
