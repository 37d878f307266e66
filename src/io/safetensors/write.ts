import { OptionTypeError } from "../../core/errors.ts";
import { checkBoolean, checkOptions } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { bytesPerElement, encode, fileDType } from "../bytes/elements.ts";
import { failing } from "../bytes/fail.ts";
import { checkNamed, type NamedTensors, numbersOf } from "../bytes/named.ts";
import { formatNames, MAX_HEADER, METADATA, type Metadata, R_MARK, R_OBJECT } from "./header.ts";

export interface SafetensorsOptions {
  metadata?: Metadata;
  /** Whether `torch_load` of R torch shall accept the file, as a named list of tensors. Default: false. */
  forR?: boolean;
}

/**
 * A safetensors file of the tensors, in their order: with the header padded, and, where that order would leave a number unaligned,
 * those of wider element types first. Tensors that were read from a file have their element types of there.
 *
 * @throws OptionTypeError, DTypeError, FormatError
 */
export function writeSafetensors(given: NamedTensors, options: SafetensorsOptions = {}): Uint8Array<ArrayBuffer> {
  checkOptions("writeSafetensors", options, ["metadata", "forR"]);
  const { metadata, forR = false } = options;
  if (metadata !== undefined && !isMetadata(metadata))
    throw new OptionTypeError("writeSafetensors: metadata must be an object that maps strings to strings");
  checkBoolean("writeSafetensors", "forR", forR);
  const tensors = checkNamed("writeSafetensors", given);
  const refuse = failing("writeSafetensors");
  if (tensors.has(METADATA)) refuse(`"${METADATA}" cannot be the name of a tensor`);
  const written = forR ? { [R_MARK]: "{}", ...metadata } : metadata;
  // Readers take it for the R object that such a file may have.
  if (written && Object.hasOwn(written, R_MARK) && tensors.has(R_OBJECT))
    refuse(`"${R_OBJECT}" cannot be the name of a tensor in a file for R`);

  const entries = layOut([...tensors]);
  // Text for text: an object would move names such as "10" to the front.
  const texts = entries.map(({ name, tensor, start, end }) => {
    const entry = { dtype: formatNames[fileDType(tensor)], shape: tensor.shape, data_offsets: [start, end] };
    return `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
  });
  if (written) texts.unshift(`"${METADATA}":${JSON.stringify(written)}`);
  const json = new TextEncoder().encode(`{${texts.join(",")}}`);
  const data = 8 + Math.ceil(json.length / 8) * 8;
  if (data - 8 > MAX_HEADER) refuse(`the header of ${data - 8} bytes is longer than the format's ${MAX_HEADER}`);

  const file = new Uint8Array(data + (entries.at(-1)?.end ?? 0));
  new DataView(file.buffer).setBigUint64(0, BigInt(data - 8), true);
  file.fill(0x20, 8, data);
  file.set(json, 8);
  for (const { tensor, start } of entries) file.set(encode(fileDType(tensor), numbersOf(tensor)), data + start);
  return file;
}

interface Placed {
  readonly name: string;
  readonly tensor: Tensor;
  readonly start: number;
  readonly end: number;
}

/** Holes being illegal, only the order can align. From wide to narrow it always does, because every width divides the next. */
function layOut(tensors: readonly (readonly [string, Tensor])[]): Placed[] {
  const inOrder = place(tensors);
  if (inOrder.every(({ tensor, start }) => start % widthOf(tensor) === 0)) return inOrder;
  return place(tensors.toSorted(([, a], [, b]) => widthOf(b) - widthOf(a)));
}

function place(tensors: readonly (readonly [string, Tensor])[]): Placed[] {
  let start = 0;
  return tensors.map(([name, tensor]) => {
    const end = start + tensor.size * widthOf(tensor);
    const placed = { name, tensor, start, end };
    start = end;
    return placed;
  });
}

const widthOf = (tensor: Tensor): number => bytesPerElement(fileDType(tensor));

const isMetadata = (value: unknown): value is Metadata =>
  typeof value === "object" &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Map) &&
  Object.values(value).every((text) => typeof text === "string");
