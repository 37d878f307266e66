import type { Tensor } from "../../../graph/tensor.ts";
import type { Fail } from "../../bytes/fail.ts";
import type { Spend } from "../budget.ts";
import type { TensorLayout } from "../view.ts";

/** What a pickle may ask of the file that it is part of. */
export interface Host {
  readonly fail: Fail;
  readonly spend: Spend;
  /** Bytes of the file, by which the number of objects is judged. */
  readonly fileSize: number;
  /** What a persistent id stands for: a storage. */
  persistent(id: unknown): unknown;
  tensor(layout: TensorLayout): Tensor;
}

/** A function or class of Python that has been written again here, as one that makes data. */
export class Constructor {
  readonly name: string;
  readonly make: (given: readonly unknown[], host: Host) => unknown;

  constructor(name: string, make: (given: readonly unknown[], host: Host) => unknown) {
    this.name = name;
    this.make = make;
  }
}
