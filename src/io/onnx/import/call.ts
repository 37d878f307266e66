import { FormatError } from "../../../core/errors.ts";
import { show } from "../../../core/options.ts";
import { Tensor } from "../../../graph/tensor.ts";
import type { OnnxNode } from "../proto/index.ts";
import { Known, tensorOf, type Value } from "./known.ts";

/** `Conv "/encoder/conv/Conv"`: a node in the words of whoever looks for it in a viewer. */
export const nodeName = ({ opType, name, outputs }: OnnxNode): string =>
  `${opType} ${show(name || `→ ${outputs[0] ?? ""}`)}`;

/** What attributes can be, by kind. */
interface Kinds {
  readonly int: number | bigint;
  readonly float: number;
  readonly string: string;
  readonly tensor: Tensor;
  readonly ints: readonly (number | bigint)[];
  readonly floats: readonly number[];
  readonly strings: readonly string[];
}

type Kind = keyof Kinds;

/** What building may take: the entries of all index maps together, which are as long as signals. */
export interface Budget {
  entries: number;
}

/** A node with what arrives at it: all that an operator is told. */
export class Call {
  readonly node: OnnxNode;
  /** The version of ai.onnx, which says what inputs and attributes mean. */
  readonly opset: number;
  /** `null` where an optional input is left out. */
  readonly inputs: readonly (Value | null)[];
  /** Of which an operator pays for index maps that are not seen in its results. */
  readonly budget: Budget;

  constructor(node: OnnxNode, opset: number, inputs: readonly (Value | null)[], budget: Budget) {
    this.node = node;
    this.opset = opset;
    this.inputs = inputs;
    this.budget = budget;
  }

  /** The file cannot be read: `problem` is a clause. */
  fail(problem: string): never {
    throw new FormatError(`importOnnx: ${nodeName(this.node)}: ${problem}`);
  }

  has(index: number): boolean {
    return (this.inputs[index] ?? null) !== null;
  }

  value(index: number): Value {
    return this.inputs[index] ?? this.fail(`input ${index} is missing`);
  }

  tensor(index: number): Tensor {
    return tensorOf(this.value(index));
  }

  optionalTensor(index: number): Tensor | null {
    return this.has(index) ? this.tensor(index) : null;
  }

  /** An input that must be known before the network runs; `what` names it: "axes". */
  known(index: number, what: string): Known {
    const value = this.value(index);
    if (!(value instanceof Tensor)) return value;
    return this.fail(`its ${what} depend on the data; only those that follow from shapes and constants can be read`);
  }

  /** As `known`, as integers; `undefined` where the input is left out. */
  knownIntegers(index: number, what: string): readonly number[] | undefined {
    if (!this.has(index)) return undefined;
    const { numbers } = this.known(index, what);
    if (numbers.every(Number.isInteger)) return numbers;
    return this.fail(`its ${what} [${numbers.join(", ")}] are no integers`);
  }

  /** An input of one number; `undefined` where it is left out. */
  knownNumber(index: number, what: string): number | undefined {
    if (!this.has(index)) return undefined;
    const { numbers } = this.known(index, what);
    return numbers.length === 1 ? numbers[0] : this.fail(`its ${what} should be one number, got ${numbers.length}`);
  }

  #attribute<K extends Kind>(name: string, kind: K): Kinds[K] | undefined {
    const attribute = this.node.attributes.get(name);
    if (attribute === undefined) return undefined;
    if (kind in attribute) return (attribute as unknown as Kinds)[kind];
    return this.fail(`attribute ${show(name)} should be of kind ${kind}, is ${Object.keys(attribute).join()}`);
  }

  hasAttribute(name: string): boolean {
    return this.node.attributes.has(name);
  }

  integer(name: string, fallback: number): number;
  integer(name: string): number | undefined;
  integer(name: string, fallback?: number): number | undefined {
    const value = this.#attribute(name, "int");
    return value === undefined ? fallback : Number(value);
  }

  integers(name: string): readonly number[] | undefined {
    return this.#attribute(name, "ints")?.map(Number);
  }

  float(name: string, fallback: number): number;
  float(name: string): number | undefined;
  float(name: string, fallback?: number): number | undefined {
    return this.#attribute(name, "float") ?? fallback;
  }

  floats(name: string): readonly number[] | undefined {
    return this.#attribute(name, "floats");
  }

  string(name: string, fallback: string): string {
    return this.#attribute(name, "string") ?? fallback;
  }

  strings(name: string): readonly string[] | undefined {
    return this.#attribute(name, "strings");
  }

  constant(name: string): Known | undefined {
    const tensor = this.#attribute(name, "tensor");
    return tensor && Known.of(tensor);
  }

  /** An axis as a place in `rank` axes, from a number that may count from the end. */
  axis(given: number, rank: number): number {
    return this.#place("axis", given, rank);
  }

  /** An index as a place along an axis, from a number that may count from the end. */
  index(given: number, length: number): number {
    return this.#place("index", given, length);
  }

  #place(what: string, given: number, count: number): number {
    const place = given < 0 ? given + count : given;
    if (Number.isInteger(place) && place >= 0 && place < count) return place;
    return this.fail(`${what} ${given} is outside ${-count}..${count - 1}`);
  }
}
