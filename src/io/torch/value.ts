import type { Tensor } from "../../graph/tensor.ts";

/**
 * What `torch.save` wrote, as data. Dicts are Maps in their order; lists and tuples are arrays; integers beyond 2^53 are bigints;
 * bytes are Uint8Arrays; a `torch.dtype` is its name, such as `"float16"`, and a `torch.device` its, such as `"cuda:0"`. Something that
 * the file has once and refers to twice is one object here too.
 */
export type TorchValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Tensor
  | Complex
  | TorchValue[]
  | Map<TorchValue, TorchValue>
  | Set<TorchValue>;

/** A complex number of Python. */
export class Complex {
  readonly real: number;
  readonly imag: number;

  constructor(real: number, imag: number) {
    this.real = real;
    this.imag = imag;
  }
}
