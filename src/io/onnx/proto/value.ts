/** ValueInfoProto and the TypeProto within: what goes into and comes out of a graph. Source: onnx.proto. */
import { show } from "../../../core/options.ts";
import type { FileDType } from "../../bytes/elements.ts";
import type { Fail } from "../../bytes/fail.ts";
import { bytesOf, fieldsOf, integerOf, smallIntegerOf, textOf } from "../../protobuf/reader.ts";
import { MessageWriter } from "../../protobuf/writer.ts";
import { elementNumber, elementType } from "./elementTypes.ts";

export interface OnnxValue {
  readonly name: string;
  /** `null` for what is no tensor, and for a tensor of elements that are not read here. */
  readonly dtype: FileDType | null;
  /** A length is a number, or the name of one that is free ("" when nothing is said); `null` for any number of axes. */
  readonly shape: readonly (number | string)[] | null;
}

const NAME = 1;
const TYPE = 2;
const TENSOR_TYPE = 1;
const ELEMENT_TYPE = 1;
const SHAPE = 2;
const DIMENSION = 1;
const LENGTH = 1;
const PARAMETER = 2;

/** @throws through `fail` */
export function decodeValue(message: Uint8Array, fail: Fail): OnnxValue {
  let name = "";
  let dtype: FileDType | null = null;
  let shape: readonly (number | string)[] | null = null;
  let tensorType: Uint8Array = new Uint8Array();
  for (const field of fieldsOf(message, fail)) {
    if (field.number === NAME) name = textOf(field, fail);
    else if (field.number === TYPE)
      for (const inner of fieldsOf(bytesOf(field, fail), fail))
        if (inner.number === TENSOR_TYPE) tensorType = bytesOf(inner, fail);
  }
  const failHere: Fail = (problem) => fail(`value ${show(name)}: ${problem}`);
  for (const field of fieldsOf(tensorType, failHere)) {
    if (field.number === ELEMENT_TYPE) dtype = elementType(integerOf(field, failHere));
    else if (field.number === SHAPE) shape = decodeShape(bytesOf(field, failHere), failHere);
  }
  return { name, dtype, shape };
}

function decodeShape(message: Uint8Array, fail: Fail): (number | string)[] {
  const shape: (number | string)[] = [];
  for (const field of fieldsOf(message, fail))
    if (field.number === DIMENSION) shape.push(decodeLength(bytesOf(field, fail), fail));
  return shape;
}

function decodeLength(message: Uint8Array, fail: Fail): number | string {
  let length: number | string = "";
  for (const field of fieldsOf(message, fail)) {
    if (field.number === LENGTH) length = smallIntegerOf(field, fail);
    else if (field.number === PARAMETER) length = textOf(field, fail);
  }
  // Some exporters write −1 for a length that is not known.
  return typeof length === "number" && length < 0 ? "" : length;
}

/** @internal */
export function encodeValue({ name, dtype, shape }: OnnxValue): MessageWriter {
  const message = new MessageWriter().text(NAME, name);
  if (dtype === null) return message;
  const tensorType = new MessageWriter().integer(ELEMENT_TYPE, elementNumber(dtype));
  if (shape) tensorType.message(SHAPE, encodeShape(shape));
  return message.message(TYPE, new MessageWriter().message(TENSOR_TYPE, tensorType));
}

function encodeShape(shape: readonly (number | string)[]): MessageWriter {
  const message = new MessageWriter();
  for (const length of shape) {
    const dimension = new MessageWriter();
    if (typeof length === "number") dimension.integer(LENGTH, length);
    else if (length !== "") dimension.text(PARAMETER, length);
    message.message(DIMENSION, dimension);
  }
  return message;
}
