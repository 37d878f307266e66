/**
 * The header of an .npy file: a magic string, a version, a length, and a Python dict such as
 * `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
 *
 * Source: NumPy Enhancement Proposal 1 and `numpy/lib/format.py` (versions 1 to 3).
 */
import { show } from "../../core/options.ts";
import type { FileDType } from "../bytes/elements.ts";
import type { Fail } from "../bytes/fail.ts";
import { isCount } from "../bytes/shape.ts";
import { type Literal, parseLiteral } from "./literal.ts";

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/** What version 1 has room for. */
const LONGEST = 65535;

/** NumPy's limit since version 2; it was 32. */
const MOST_AXES = 64;

/** The element types that NumPy has, under its names. It has no bfloat16 and no float8. */
const numpyNames: Readonly<Partial<Record<FileDType, string>>> = {
  float64: "f8",
  float32: "f4",
  float16: "f2",
  int64: "i8",
  uint64: "u8",
  int32: "i4",
  uint32: "u4",
  int16: "i2",
  uint16: "u2",
  int8: "i1",
  uint8: "u1",
  bool: "b1",
};

const types = new Map(Object.entries(numpyNames).map(([type, name]) => [name, type as FileDType]));

/** Kinds of elements that are no numbers of ours, by the letter that a descr has. */
const otherKinds = new Map<string | undefined, string>([
  ["O", "Python objects, which are pickled"],
  ["c", "complex numbers"],
  ["S", "byte strings"],
  ["a", "byte strings"],
  ["U", "strings"],
  ["M", "dates"],
  ["m", "spans of time"],
  ["V", "raw bytes"],
  ["f", "floats of a size that only some machines have"],
]);

export interface Header {
  readonly type: FileDType;
  readonly little: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the data begins. */
  readonly end: number;
}

export function readHeader(bytes: Uint8Array, fail: Fail): Header {
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte))
    fail("the file is not an .npy file: it does not begin with \\x93NUMPY");
  const version = bytes[6]!;
  if (version < 1 || version > 3 || bytes[7] !== 0)
    fail(`version ${version}.${bytes[7]} is not read here; known are 1.0, 2.0 and 3.0`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [start, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const end = start + length;
  if (end > bytes.length)
    fail(`the header should have ${length} bytes, but ${bytes.length - start} are left in the file`);
  if (length > LONGEST)
    fail(`the header has ${length} bytes; only those of structured arrays need more than ${LONGEST}`);
  const fields = parseLiteral(textOf(bytes.subarray(start, end), fail), fail);
  const keys = fields instanceof Map ? [...fields.keys()].sort().join(", ") : "";
  if (keys !== "descr, fortran_order, shape")
    return fail(`the header is not a dict of descr, fortran_order and shape, but of ${show(keys)}`);
  const [descr, fortranOrder, shape] = ["descr", "fortran_order", "shape"].map((key) =>
    (fields as ReadonlyMap<string, Literal>).get(key),
  );
  if (typeof fortranOrder !== "boolean") return fail("fortran_order is neither True nor False");
  if (!Array.isArray(shape) || shape.length > MOST_AXES || !shape.every(isCount))
    return fail(`shape is not a tuple of at most ${MOST_AXES} non-negative integers`);
  return { ...readDescr(descr, fail), fortranOrder, shape, end };
}

function textOf(bytes: Uint8Array, fail: Fail): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("the header is not UTF-8"); // Versions 1 and 2 have Latin-1, but only field names are beyond ASCII.
  }
}

function readDescr(descr: Literal | undefined, fail: Fail): { type: FileDType; little: boolean } {
  if (Array.isArray(descr))
    fail("the array is structured, with several fields in each element, which is not read here");
  if (typeof descr !== "string") return fail("descr is not the name of an element type");
  const [, order, name] = /^([<>=|]?)(.*)$/s.exec(descr)!;
  const type = types.get(name === "?" ? "b1" : name!);
  if (type !== undefined) return { type, little: order !== ">" };
  const kind = otherKinds.get(/^([A-Za-z])\d*(\[|$)/.exec(name!)?.[1]);
  const known = [...types.keys()].join(", ");
  return fail(`descr ${show(descr)} is not read here${kind ? ` (${kind})` : ""}; known are ${known}`);
}

/** What NumPy can hold such elements in. */
export const numpyType = (type: FileDType): FileDType => (type in numpyNames ? type : "float32");

/** What `np.save` writes before the data, byte for byte. */
export function makeHeader(type: FileDType, shape: readonly number[]): Uint8Array {
  const name = numpyNames[type]!;
  const descr = `${name.endsWith("1") ? "|" : "<"}${name}`;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Room for the first length to grow to 21 digits in place, then up to the next multiple of 64, which may be a whole one.
  const room = shape.length > 0 ? 21 - String(shape[0]).length : 0;
  const total = Math.floor((10 + dict.length + room + 1) / 64 + 1) * 64;
  const header = new Uint8Array(total).fill(0x20);
  header.set([...MAGIC, 1, 0]);
  new DataView(header.buffer).setUint16(8, total - 10, true);
  header.set(new TextEncoder().encode(dict), 10);
  header[total - 1] = 0x0a;
  return header;
}
