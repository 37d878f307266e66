import type { DType } from "../core/dtype.ts";
import type { AnyOp } from "../graph/op.ts";
import type { Tensor } from "../graph/tensor.ts";
import { isLeaf } from "./leaves.ts";
import { sameAttributes } from "./sameAttributes.ts";

const dtypes: Record<DType, number> = { float32: 0, float64: 1, int32: 2, int64: 3 };
const [FIXED_LEAF, CHANGING_LEAF, COMPUTED] = [0, 1, 2];

/** All that a plan depends on, and nothing that keeps tensors or their numbers alive. */
export interface Structure {
  readonly hash: number;
  /** How many nodes; kind, dtype, shape and wiring of each; the outputs. */
  readonly numbers: Float64Array;
  /** Of the computed nodes. */
  readonly ops: readonly AnyOp[];
  readonly attributes: readonly unknown[];
}

/** Reads structures, into the same memory every time: most graphs that are run have been run before. */
export class StructureReader {
  #numbers = new Float64Array(1024); // doubles, because a length may exceed 32 bits where another one is 0
  #length = 0;
  #hash = 0;
  #computed: Tensor[] = [];

  read(order: readonly Tensor[], outputs: readonly Tensor[], isFixed: (leaf: Tensor) => boolean): void {
    const places = new Map<Tensor, number>();
    this.#length = 0;
    this.#hash = 0;
    this.#computed.length = 0;
    this.#put(order.length);
    for (let i = 0; i < order.length; i++) {
      const node = order[i]!;
      places.set(node, i);
      const leaf = isLeaf(node);
      this.#put(leaf ? (isFixed(node) ? FIXED_LEAF : CHANGING_LEAF) : COMPUTED);
      this.#put(dtypes[node.dtype]);
      this.#put(node.shape.length);
      for (const length of node.shape) this.#put(length);
      if (leaf) continue;
      this.#computed.push(node);
      this.#put(node.inputs.length);
      for (const input of node.inputs) this.#put(places.get(input)!);
    }
    for (const node of outputs) this.#put(places.get(node)!);
  }

  #put(value: number): void {
    if (this.#length === this.#numbers.length) {
      const longer = new Float64Array(2 * this.#length);
      longer.set(this.#numbers);
      this.#numbers = longer;
    }
    this.#numbers[this.#length++] = value;
    this.#hash = (Math.imul(this.#hash, 31) + value) | 0;
  }

  /** Whether what was read last has this structure. */
  is({ hash, numbers, ops, attributes }: Structure): boolean {
    if (hash !== this.#hash || numbers.length !== this.#length || ops.length !== this.#computed.length) return false;
    for (let i = 0; i < numbers.length; i++) if (numbers[i] !== this.#numbers[i]) return false;
    for (let i = 0; i < ops.length; i++) {
      const node = this.#computed[i]!;
      if (ops[i] !== node.op || !sameAttributes(attributes[i], node.attributes)) return false;
    }
    return true;
  }

  /** What was read last, to keep. */
  structure(): Structure {
    return {
      hash: this.#hash,
      numbers: this.#numbers.slice(0, this.#length),
      ops: this.#computed.map(({ op }) => op!),
      attributes: this.#computed.map(({ attributes }) => attributes),
    };
  }

  /** Lets go of the graph that was read last. */
  forget(): void {
    this.#computed.length = 0;
  }
}
