import type { TypedArray } from "../../core/dtype.ts";
import type { FileDType } from "../bytes/elements.ts";

/** A run of numbers in a file, of which tensors are views: several may share one, overlap, or walk through it in steps. */
export class Storage {
  /** What it was declared as; `null` where every view says itself what it sees. */
  readonly type: FileDType | null;
  readonly bytes: Uint8Array;
  readonly little: boolean;
  /** All of it in memory, once someone has asked, by the element type it was seen as. */
  readonly decoded = new Map<FileDType, TypedArray>();

  constructor(type: FileDType | null, bytes: Uint8Array, little: boolean) {
    this.type = type;
    this.bytes = bytes;
    this.little = little;
  }
}

/** A storage class of PyTorch: `torch.FloatStorage` is a name for float32. */
export class StorageType {
  readonly name: string;
  readonly type: FileDType | null;

  constructor(name: string, type: FileDType | null) {
    this.name = name;
    this.type = type;
  }
}

export const storageTypes: readonly StorageType[] = [
  ...Object.entries({
    DoubleStorage: "float64",
    FloatStorage: "float32",
    HalfStorage: "float16",
    BFloat16Storage: "bfloat16",
    LongStorage: "int64",
    IntStorage: "int32",
    ShortStorage: "int16",
    CharStorage: "int8",
    ByteStorage: "uint8",
    BoolStorage: "bool",
  } satisfies Record<string, FileDType>).map(([name, type]) => new StorageType(`torch.${name}`, type)),
  // The class moved twice, in 1.12 and 1.13.
  ...[
    "torch.storage.UntypedStorage",
    "torch.UntypedStorage",
    "torch.storage._UntypedStorage",
    "torch._UntypedStorage",
  ].map((name) => new StorageType(name, null)),
];
