/** AttributeProto: what a node says beside its inputs. Source: `AttributeProto` in onnx.proto. */
import type { Tensor } from "../../../graph/tensor.ts";
import type { Fail } from "../../bytes/fail.ts";
import {
  bytesOf,
  FIXED32,
  fieldsOf,
  fixedBytesOf,
  floatOf,
  integerOf,
  integersOf,
  smallIntegerOf,
  textOf,
} from "../../protobuf/reader.ts";
import { MessageWriter } from "../../protobuf/writer.ts";
import type { ExternalFiles } from "./external.ts";
import { decodeTensor, encodeTensor } from "./tensor.ts";

/** The value of an attribute, under its kind. Integers are bigints only where a number does not hold them. */
export type OnnxAttribute =
  | { readonly int: number | bigint }
  | { readonly float: number }
  | { readonly string: string }
  | { readonly tensor: Tensor }
  | { readonly ints: readonly (number | bigint)[] }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] }
  | { readonly tensors: readonly Tensor[] }
  /** A kind that is not read here, such as "GRAPH", by its name. */
  | { readonly unsupported: string };

const NAME = 1;
const TYPE = 20;

/** Numbers of fields, and of types, which are not the same. */
const F = 2;
const I = 3;
const S = 4;
const T = 5;
const FLOATS = 7;
const INTS = 8;
const STRINGS = 9;
const TENSORS = 10;

/** The field that belongs to each type. */
const fieldOfType = new Map([
  [1, F],
  [2, I],
  [3, S],
  [4, T],
  [6, FLOATS],
  [7, INTS],
  [8, STRINGS],
  [9, TENSORS],
]);
const typeOfField = new Map(Array.from(fieldOfType, ([type, field]) => [field, type]));

const unsupportedTypes = new Map([
  [5, "GRAPH"],
  [10, "GRAPHS"],
  [11, "SPARSE_TENSOR"],
  [12, "SPARSE_TENSORS"],
  [13, "TYPE_PROTO"],
  [14, "TYPE_PROTOS"],
]);
const unsupportedFields = new Map([
  [6, "GRAPH"],
  [11, "GRAPHS"],
  [14, "TYPE_PROTO"],
  [15, "TYPE_PROTOS"],
  [21, "a reference to an attribute of a function"],
  [22, "SPARSE_TENSOR"],
  [23, "SPARSE_TENSORS"],
]);

/** @throws through `fail` */
export function decodeAttribute(message: Uint8Array, files: ExternalFiles, fail: Fail): [string, OnnxAttribute] {
  let name = "";
  let type = 0;
  let used = 0;
  let unsupported = "";
  for (const field of fieldsOf(message, fail)) {
    if (field.number === NAME) name = textOf(field, fail);
    else if (field.number === TYPE) type = smallIntegerOf(field, fail);
    else if (typeOfField.has(field.number)) used = field.number;
    else unsupported ||= unsupportedFields.get(field.number) ?? "";
  }
  const failHere: Fail = (problem) => fail(`attribute ${JSON.stringify(name)}: ${problem}`);
  unsupported ||= unsupportedTypes.get(type) ?? "";
  if (unsupported) return [name, { unsupported }];
  // Before IR version 3 attributes had no type, only a field that was set.
  const field = type === 0 ? used : fieldOfType.get(type);
  if (!field) return failHere(type === 0 ? "it has no value" : `type ${type} does not exist`);
  return [name, valueIn(message, field, files, failHere)];
}

function valueIn(message: Uint8Array, wanted: number, files: ExternalFiles, fail: Fail): OnnxAttribute {
  let int: number | bigint = 0;
  let float = 0;
  let string = "";
  const ints: (number | bigint)[] = [];
  const floats: number[] = [];
  const strings: string[] = [];
  const tensors: Tensor[] = [];
  for (const field of fieldsOf(message, fail)) {
    if (field.number !== wanted) continue;
    if (wanted === I) int = integerOf(field, fail);
    else if (wanted === F) float = floatOf(field, fail);
    else if (wanted === S) string = textOf(field, fail);
    else if (wanted === STRINGS) strings.push(textOf(field, fail));
    else if (wanted === INTS) for (const value of integersOf(field, fail)) ints.push(value);
    else if (wanted === FLOATS) {
      const { buffer, byteOffset, byteLength } = fixedBytesOf(field, FIXED32, fail);
      const view = new DataView(buffer, byteOffset, byteLength);
      for (let at = 0; at < byteLength; at += 4) floats.push(view.getFloat32(at, true));
    } else tensors.push(decodeTensor(bytesOf(field, fail), files, fail).tensor);
  }
  switch (wanted) {
    case I:
      return { int };
    case F:
      return { float };
    case S:
      return { string };
    case T:
      return { tensor: tensors.at(-1) ?? fail("it should be a tensor, but has none") };
    case INTS:
      return { ints };
    case FLOATS:
      return { floats };
    case STRINGS:
      return { strings };
    default:
      return { tensors };
  }
}

/** @internal Tensors must have been computed. */
export function encodeAttribute(name: string, value: OnnxAttribute, fail: Fail): MessageWriter {
  if ("unsupported" in value)
    return fail(`attribute ${JSON.stringify(name)} is ${value.unsupported}, which is not written here`);
  const message = new MessageWriter().text(NAME, name);
  const field = writeValue(message, value);
  return message.integer(TYPE, typeOfField.get(field)!);
}

/** Gives the number of the field that the value goes into. */
function writeValue(message: MessageWriter, value: Exclude<OnnxAttribute, { unsupported: string }>): number {
  if ("int" in value) {
    message.integer(I, value.int);
    return I;
  }
  if ("float" in value) {
    message.float(F, value.float);
    return F;
  }
  if ("string" in value) {
    message.text(S, value.string);
    return S;
  }
  if ("tensor" in value) {
    message.message(T, encodeTensor("", value.tensor));
    return T;
  }
  if ("ints" in value) {
    for (const int of value.ints) message.integer(INTS, int);
    return INTS;
  }
  if ("floats" in value) {
    for (const float of value.floats) message.float(FLOATS, float);
    return FLOATS;
  }
  if ("strings" in value) {
    for (const string of value.strings) message.text(STRINGS, string);
    return STRINGS;
  }
  for (const tensor of value.tensors) message.message(TENSORS, encodeTensor("", tensor));
  return TENSORS;
}

/** The tensors of an attribute. */
export function tensorsOf(value: OnnxAttribute): readonly Tensor[] {
  if ("tensor" in value) return [value.tensor];
  return "tensors" in value ? value.tensors : [];
}
