import type { DType } from "../../../core/dtype.ts";
import { GraphError } from "../../../core/errors.ts";
import { makeLeaf, type Tensor } from "../../../graph/tensor.ts";
import { neededNodes } from "../neededNodes.ts";
import type { OnnxAttribute, OnnxNode } from "../proto/index.ts";
import { type Expression, isConstant, Lengths, type Numbers } from "./lengths.ts";

/** "To the very end", in slices. */
export const TO_THE_END = 2n ** 63n - 1n;
/** Before the very beginning, in slices that run backwards. */
export const TO_THE_START = -(2n ** 63n - 1n);

/** The graph that is being written: nodes in order, initializers, and names, which are all different. */
export class Emitter {
  readonly nodes: OnnxNode[] = [];
  readonly initializers = new Map<string, Tensor>();
  readonly lengths = new Lengths();
  /** Whether lengths may be explained by rounded divisions; see `Lengths`. */
  guessing = false;
  readonly #taken = new Set<string>();
  readonly #counts = new Map<string, number>();
  readonly #transposed = new Map<string, { readonly source: string; readonly order: readonly number[] }>();
  /** What outputs are called, by the values that they are. */
  readonly #outputs = new Map<string, string>();
  /** Names of values that were written already, by what they are. */
  readonly #written = new Map<string, string>();

  /** A name that nothing has, the one wished for if possible. */
  name(wished: string): string {
    let name = wished;
    while (name === "" || this.#taken.has(name)) {
      const count = (this.#counts.get(wished) ?? 0) + 1;
      this.#counts.set(wished, count);
      name = `${wished}_${count}`;
    }
    this.#taken.add(name);
    return name;
  }

  /** A node of one output, whose name is returned. An empty input is one left out. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>> = {},
    wished = wordsOf(opType),
  ): string {
    return this.several(opType, inputs, attributes, [wished])[0]!;
  }

  /** A node of several outputs; an empty name is one that nobody wants. */
  several(
    opType: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, OnnxAttribute>>,
    wished: readonly string[],
  ): string[] {
    const outputs = wished.map((name) => (name === "" ? "" : this.name(name)));
    this.nodes.push({
      ...{ opType, domain: "", name: outputs.find((name) => name !== "")!, inputs, outputs },
      attributes: new Map(Object.entries(attributes)),
    });
    return outputs;
  }

  /** Axes in another order. Two such changes are one, or none: what is left over is not written in the end. */
  transpose(value: string, order: readonly number[]): string {
    const before = this.#transposed.get(value);
    const [source, total] = before ? [before.source, order.map((axis) => before.order[axis]!)] : [value, order];
    if (total.every((axis, i) => axis === i)) return source;
    const name = this.node("Transpose", [source], { perm: { ints: total } });
    this.#transposed.set(name, { source, order: total });
    return name;
  }

  /** Makes a value an output, under a name that was reserved for it. */
  output(value: string, name: string): void {
    const made = this.nodes.some(({ outputs }) => outputs.includes(value));
    if (made && !this.#outputs.has(value)) this.#outputs.set(value, name);
    else this.#outputs.set(this.node("Identity", [value]), name); // an input, a constant, or an output already
  }

  /** The nodes that the outputs need, with their names. */
  finished(): OnnxNode[] {
    const named = (value: string): string => this.#outputs.get(value) ?? value;
    return neededNodes(this.nodes, this.#outputs.keys()).map((node) => ({
      ...node,
      inputs: node.inputs.map(named),
      outputs: node.outputs.map(named),
    }));
  }

  initializer(tensor: Tensor, wished: string): string {
    const name = this.name(wished);
    this.initializers.set(name, tensor);
    return name;
  }

  #once(key: string, write: () => string): string {
    let name = this.#written.get(key);
    if (name === undefined) {
      name = write();
      this.#written.set(key, name);
    }
    return name;
  }

  /** A list of integers that are known here. */
  integers(numbers: readonly (number | bigint)[]): string {
    return this.#once(`integers ${numbers.join()}`, () =>
      this.initializer(makeLeaf(BigInt64Array.from(numbers, BigInt), [numbers.length], "int64"), "integers"),
    );
  }

  /** A list of floats, such as scales. */
  floats(numbers: readonly number[]): string {
    return this.#once(`floats ${numbers.join()}`, () =>
      this.initializer(makeLeaf(Float32Array.from(numbers), [numbers.length], "float32"), "floats"),
    );
  }

  /** One number without an axis. */
  number(value: number, dtype: DType): string {
    return this.#once(`${dtype} ${Object.is(value, -0) ? "-0" : value}`, () => {
      const elements = { float32: Float32Array, float64: Float64Array, int32: Int32Array };
      const array = dtype === "int64" ? BigInt64Array.of(BigInt(value)) : elements[dtype].of(value);
      return this.initializer(makeLeaf(array, [], dtype), "number");
    });
  }

  /**
   * A list of integers of which some depend on the free lengths.
   *
   * @param what names the list in errors
   */
  integersOf(list: readonly Numbers[], what: string): string {
    if (list.every(isConstant)) return this.integers(list.map((numbers) => numbers[0]!));
    const parts = list.map((numbers) =>
      isConstant(numbers) ? this.integers([numbers[0]!]) : this.#computed(this.#expressed(numbers, what)),
    );
    return parts.length === 1 ? parts[0]! : this.node("Concat", parts, { axis: { int: 0 } }, "lengths");
  }

  /** A number that depends on the free lengths, without an axis, of a float type. */
  numberOf(numbers: Numbers, dtype: DType, what: string): string {
    if (isConstant(numbers)) return this.number(numbers[0]!, dtype);
    const integer = this.#computed(this.#expressed(numbers, what));
    const scalar = this.node("Squeeze", [integer, this.integers([0])], {}, "length");
    return this.node("Cast", [scalar], { to: { int: ONNX_TYPES[dtype] } }, "length");
  }

  #expressed(numbers: Numbers, what: string): Expression {
    const expression = this.lengths.express(numbers, this.guessing);
    if (expression) return expression;
    throw new UnknownLength(numbers, what);
  }

  #computed({ terms, before, divisor, summand }: Expression): string {
    const key = `${terms.map(({ axis, factor }) => `${axis.value} ${axis.axis} ${factor}`).join()} ${before} ${divisor} ${summand}`;
    return this.#once(key, () => {
      const parts = terms.map(({ axis: { value, axis }, factor }) => {
        const all = this.#once(`shape ${value}`, () => this.node("Shape", [value]));
        const length = this.#once(`length ${value} ${axis}`, () =>
          this.node("Gather", [all, this.integers([axis])], { axis: { int: 0 } }, "length"),
        );
        return factor === 1 ? length : this.node("Mul", [length, this.integers([factor])], {}, "length");
      });
      let name = parts.reduce((sum, part) => this.node("Add", [sum, part], {}, "length"));
      if (before !== 0) name = this.node("Add", [name, this.integers([before])], {}, "length");
      if (divisor !== 1) name = this.node("Div", [name, this.integers([divisor])], {}, "length");
      if (summand !== 0) name = this.node("Add", [name, this.integers([summand])], {}, "length");
      return name;
    });
  }
}

/** `average_pool` for AveragePool. */
const wordsOf = (opType: string): string => opType.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();

/** A number that nothing written so far explains; something that is going to be written may. */
export class UnknownLength extends GraphError {
  readonly numbers: Numbers;

  constructor(numbers: Numbers, what: string) {
    const examples = [...new Set(numbers)].slice(0, 5).join(", ");
    super(
      `exportOnnx: ${what} depends on the length of the signal in a way that is not understood (${examples}, …); dynamic: false fixes all lengths, lengthMultiple allows only some`,
    );
    this.numbers = numbers;
  }
}

export const ONNX_TYPES: Readonly<Record<DType | "bool", number>> = {
  float32: 1,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
};
