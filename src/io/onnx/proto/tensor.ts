/**
 * TensorProto: numbers under a name, either as raw little-endian bytes or in one of five repeated fields, each for several element
 * types, or in a file beside. Source: `TensorProto` in onnx.proto.
 */
import { checkOptions, show } from "../../../core/options.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { bytesPerElement, decode, encode, fileDType, storedTensor } from "../../bytes/elements.ts";
import { checkBytes, type Fail, failing } from "../../bytes/fail.ts";
import { checkNamed, numbersOf } from "../../bytes/named.ts";
import { elementCount, MAX_RANK } from "../../bytes/shape.ts";
import { bytesOf, fieldsOf, integersOf, smallIntegerOf, textOf } from "../../protobuf/reader.ts";
import { MessageWriter } from "../../protobuf/writer.ts";
import { elementNumber, elementType, refusedType } from "./elementTypes.ts";
import { ExternalFiles, type ReadExternal, readEntry } from "./external.ts";
import { fieldHolding, isTypedField, readTyped, typedFieldName } from "./typedData.ts";

const DIMS = 1;
const DATA_TYPE = 2;
const SEGMENT = 3;
const NAME = 8;
const RAW_DATA = 9;
const EXTERNAL_DATA = 13;
const DATA_LOCATION = 14;
const EXTERNAL = 1;

/** A tensor and the name that it has in its graph. */
export interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

/**
 * One tensor by itself: a TensorProto, as in the `input_0.pb` and `output_0.pb` of ONNX's test data.
 *
 * `readExternal` is asked for the bytes of a file beside it, by a name relative to its folder, where the numbers are in one.
 *
 * @throws FormatError, also for element types that do not exist here (strings, complex numbers)
 */
export function readOnnxTensor(bytes: Uint8Array, options: { readExternal?: ReadExternal } = {}): Tensor {
  const reader = "readOnnxTensor";
  checkOptions(reader, options, ["readExternal"]);
  const files = new ExternalFiles(reader, options.readExternal);
  return decodeTensor(checkBytes(reader, bytes), files, failing(reader)).tensor;
}

/**
 * A TensorProto of a tensor, of the element type that it had in the file it came from.
 *
 * @throws OptionTypeError, DTypeError
 */
export function writeOnnxTensor(tensor: Tensor, name = ""): Uint8Array<ArrayBuffer> {
  checkNamed("writeOnnxTensor", new Map([[name, tensor]]));
  return encodeTensor(name, tensor).finish();
}

/** What a TensorProto says, before its numbers are looked at. */
interface Parts {
  name: string;
  readonly dims: number[];
  elementNumber: number;
  raw: Uint8Array | null;
  /** The repeated field that has numbers. */
  typed: number | null;
  readonly external: Map<string, string>;
  location: number;
}

/** @throws through `fail` */
export function decodeTensor(message: Uint8Array, files: ExternalFiles, fail: Fail): NamedTensor {
  const parts = partsOf(message, fail);
  const failHere: Fail = (problem) => fail(`tensor ${show(parts.name)}: ${problem}`);
  const type = elementType(parts.elementNumber);
  if (type === null) return failHere(`elements of type ${refusedType(parts.elementNumber)} are not read here`);
  const count = elementCount(parts.dims, failHere);
  const raw = rawBytes();
  if (raw.length !== count * bytesPerElement(type))
    failHere(
      `shape [${parts.dims.join(", ")}] of ${type} takes ${count * bytesPerElement(type)} bytes, but there are ${raw.length}`,
    );
  return { name: parts.name, tensor: storedTensor(type, decode(type, raw, failHere), parts.dims) };

  function rawBytes(): Uint8Array {
    if (parts.location === EXTERNAL) return files.take(parts.external, failHere);
    if (parts.raw && parts.typed !== null)
      return failHere(`it has numbers in raw_data and in ${typedFieldName(parts.typed)}`);
    if (parts.raw) return parts.raw;
    const field = fieldHolding(type!);
    if (parts.typed !== null && parts.typed !== field)
      return failHere(`${type} belongs in ${typedFieldName(field)}, but is in ${typedFieldName(parts.typed)}`);
    return readTyped(message, type!, count, failHere);
  }
}

function partsOf(message: Uint8Array, fail: Fail): Parts {
  const parts: Parts = {
    name: "",
    dims: [],
    elementNumber: 0,
    raw: null,
    typed: null,
    external: new Map(),
    location: 0,
  };
  for (const field of fieldsOf(message, fail)) {
    if (isTypedField(field.number)) {
      if (field.value instanceof Uint8Array && field.value.length === 0) continue;
      if (parts.typed !== null && parts.typed !== field.number)
        fail(
          `tensor ${show(parts.name)}: it has numbers in ${typedFieldName(parts.typed)} and in ${typedFieldName(field.number)}`,
        );
      parts.typed = field.number;
    } else if (field.number === DIMS) {
      for (const length of integersOf(field, fail)) {
        if (parts.dims.length === MAX_RANK) fail(`tensor ${show(parts.name)} has more than ${MAX_RANK} axes`);
        parts.dims.push(Number(length));
      }
    } else if (field.number === DATA_TYPE) parts.elementNumber = smallIntegerOf(field, fail);
    else if (field.number === NAME) parts.name = textOf(field, fail);
    else if (field.number === RAW_DATA) parts.raw = bytesOf(field, fail);
    else if (field.number === EXTERNAL_DATA) parts.external.set(...readEntry(bytesOf(field, fail), fail));
    else if (field.number === DATA_LOCATION) parts.location = smallIntegerOf(field, fail);
    else if (field.number === SEGMENT) fail(`tensor ${show(parts.name)} is a segment of a larger one`);
  }
  return parts;
}

/** @internal The tensor must have been computed. */
export function encodeTensor(name: string, tensor: Tensor): MessageWriter {
  const type = fileDType(tensor);
  const message = new MessageWriter();
  for (const length of tensor.shape) message.integer(DIMS, length);
  message.integer(DATA_TYPE, elementNumber(type));
  if (name !== "") message.text(NAME, name);
  return message.bytes(RAW_DATA, encode(type, numbersOf(tensor)));
}
