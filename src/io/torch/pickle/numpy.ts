import { stridesOf } from "../../../core/shape.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import type { FileDType } from "../../bytes/elements.ts";
import { Storage } from "../storage.ts";
import { checkArray, checkBinary, checkCounts, checkText, describe } from "./arguments.ts";
import { exactly } from "./cursor.ts";
import { Constructor, type Host } from "./host.ts";

const types: Readonly<Record<string, FileDType>> = {
  f8: "float64",
  f4: "float32",
  f2: "float16",
  i8: "int64",
  i4: "int32",
  i2: "int16",
  i1: "int8",
  u8: "uint64",
  u4: "uint32",
  u2: "uint16",
  u1: "uint8",
  b1: "bool",
};

/** `numpy.dtype("f8", False, True)`; BUILD then says the byte order. */
export class NumpyType {
  readonly type: FileDType;
  readonly little: boolean;

  constructor(type: FileDType, little: boolean) {
    this.type = type;
    this.little = little;
  }

  build(state: unknown, host: Host): NumpyType {
    return new NumpyType(this.type, checkArray(state, "the state of numpy.dtype", host)[1] !== ">");
  }
}

/** An array before BUILD. */
export class NumpyArray {
  /** (version, shape, dtype, whether the first axis is the fastest, bytes) */
  build(state: unknown, host: Host): Tensor {
    const [, shape, type, fortran, data] = checkArray(state, "the state of a NumPy array", host);
    return array(shape, type, fortran === true, data, host);
  }
}

function dtype([given]: readonly unknown[], host: Host): NumpyType {
  const name = checkText(given, "numpy.dtype", host);
  const type = Object.hasOwn(types, name)
    ? types[name]!
    : host.fail(`NumPy's dtype ${describe(name)} is not read here`);
  return new NumpyType(type, true);
}

function array(shape: unknown, dtype: unknown, fortran: boolean, data: unknown, host: Host): Tensor {
  if (!(dtype instanceof NumpyType)) return host.fail(`a NumPy array is of dtype ${describe(dtype)}`);
  const lengths = checkCounts(shape, "the shape of a NumPy array", host);
  return host.tensor({
    storage: new Storage(dtype.type, checkBinary(data, "a NumPy array", host), dtype.little),
    type: dtype.type,
    offset: 0,
    shape: lengths,
    strides: fortran ? stridesOf(lengths.toReversed()).reverse() : stridesOf(lengths),
  });
}

/** A number out of an array, such as a loss. */
function scalar([type, data]: readonly unknown[], host: Host): unknown {
  const value = array([], type, false, data, host).value![0]!;
  if ((type as NumpyType).type === "bool") return value === 1;
  return typeof value === "bigint" ? exactly(value) : value;
}

/** NumPy 2 moved its insides from `core` to `_core`. */
const insides = (name: string, make: Constructor["make"]): Constructor[] =>
  ["core", "_core"].map((room) => new Constructor(`numpy.${room}.${name}`, make));

export const numpy: readonly Constructor[] = [
  new Constructor("numpy.dtype", dtype),
  new Constructor("numpy.ndarray", () => new NumpyArray()),
  ...insides("multiarray.scalar", scalar),
  ...insides("multiarray._reconstruct", () => new NumpyArray()),
  ...insides("numeric._frombuffer", ([data, type, shape, order], host) =>
    array(shape, type, order === "F", data, host),
  ),
];
