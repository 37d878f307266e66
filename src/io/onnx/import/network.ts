import { DTypeError, FormatError, ShapeError } from "../../../core/errors.ts";
import { show } from "../../../core/options.ts";
import { showShape } from "../../../core/shape.ts";
import { Tensor } from "../../../graph/tensor.ts";
import { Module } from "../../../nn/module.ts";
import { memoryDType } from "../../bytes/index.ts";
import type { OnnxNode, OnnxValue } from "../proto/index.ts";
import { type Budget, nodeName } from "./call.ts";
import type { Step } from "./graph.ts";
import { tensorOf, type Value } from "./known.ts";
import { MOST_NUMBERS, run } from "./run.ts";
import type { Weights } from "./weights.ts";

/** An input or output of an imported network: lengths that the file leaves open have names. */
export type OnnxPort = Pick<OnnxValue, "name" | "dtype" | "shape">;

/** What an `OnnxModel` is made of. */
export interface OnnxParts {
  readonly opset: number;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly steps: readonly Step[];
  readonly weights: Weights;
  readonly metadata: ReadonlyMap<string, string>;
}

/**
 * A network from an ONNX file, as a module: it computes, trains, compiles, streams and exports like one that was written here.
 *
 * `forward` takes the inputs in the order of the file and returns the output, or a list of them where the file has several. The
 * parameters have the names of the file's initializers. Statistics of batch norm stay as they are in the file, also in training;
 * dropout does nothing; what is float16 in the file is computed in float32.
 *
 * @throws ShapeError, DTypeError for inputs of other shapes or element types than the file declares, and where an operator cannot do with theirs
 */
export class OnnxModel<Output extends Tensor | Tensor[] = Tensor> extends Module<[Tensor, ...Tensor[]], Output> {
  readonly #parts: OnnxParts;

  /** @internal Use `importOnnx`. */
  constructor(parts: OnnxParts) {
    super();
    this.#parts = parts;
    const { parameters, buffers } = parts.weights;
    const taken = [...parameters.keys(), ...buffers.keys()].find((name) => Object.hasOwn(this, name));
    if (taken !== undefined) throw new FormatError(`importOnnx: a weight cannot be called ${show(taken)}`);
    this.adopt(parameters, buffers);
  }

  get inputs(): readonly OnnxPort[] {
    return this.#parts.inputs;
  }

  get outputs(): readonly OnnxPort[] {
    return this.#parts.outputs;
  }

  /** The strings that the file carries beside the network. */
  get metadata(): ReadonlyMap<string, string> {
    return this.#parts.metadata;
  }

  override forward(...given: [Tensor, ...Tensor[]]): Output {
    return this.build(given, { entries: Number.POSITIVE_INFINITY });
  }

  /**
   * @internal `forward` of what nobody asked for: ends with an error where the budget is used up. `watch` sees what every node makes.
   */
  build(
    given: readonly Tensor[],
    budget: Budget,
    watch?: (node: OnnxNode, results: readonly unknown[]) => void,
  ): Output {
    const { steps, weights } = this.#parts;
    const values = new Map<string, Value>([...weights.constants, ...weights.parameters, ...this.ownBuffers()]);
    for (const [i, port] of this.inputs.entries()) values.set(port.name, checkInput(port, given[i]));
    if (given.length !== this.inputs.length)
      throw new ShapeError(
        `OnnxModel: expected ${this.inputs.length} inputs (${this.inputs.map(({ name }) => show(name)).join(", ")}), got ${given.length}`,
      );
    let numbers = 0;
    const spend = (value: Value): void => {
      if (!(value instanceof Tensor)) numbers += value.size;
      // The map of what comes next may be as long as what is here.
      else if (Math.max(0, ...value.shape) > budget.entries) budget.entries = -1;
      else budget.entries -= mapLength(value);
    };
    for (const input of given) spend(input);
    for (const step of steps) {
      const fail = (problem: string): never => {
        throw new FormatError(`importOnnx: ${nodeName(step.node)}: ${problem}`);
      };
      if (budget.entries < 0) fail("a network that takes so much memory is not rehearsed");
      const results = run(step, this.#parts.opset, values, budget);
      watch?.(step.node, results);
      if (step.node.opType !== "Constant") results.forEach(spend);
      if (numbers > MOST_NUMBERS) fail(`shapes and constants come to more than ${MOST_NUMBERS} numbers`);
    }
    const results = this.outputs.map(({ name }) => tensorOf(values.get(name)!));
    return (results.length === 1 ? results[0] : results) as Output;
  }

  protected override extraRepr(): string {
    const list = (ports: readonly OnnxPort[]): string =>
      ports.map(({ name, shape }) => `${name}: ${shape ? `[${shape.join(", ")}]` : "?"}`).join(", ");
    return `(${list(this.inputs)}) -> ${list(this.outputs)}, ${this.#parts.steps.length} nodes`;
  }
}

function checkInput({ name, dtype, shape }: OnnxPort, given: unknown): Tensor {
  const what = `OnnxModel: input ${show(name)}`;
  if (!(given instanceof Tensor)) throw new ShapeError(`${what} must be a tensor, got ${show(given)}`);
  if (dtype && given.dtype !== memoryDType(dtype))
    throw new DTypeError(`${what} is ${dtype}, got ${given.dtype}; convert it with .to("${memoryDType(dtype)}")`);
  const fits =
    !shape ||
    (shape.length === given.rank &&
      shape.every((length, axis) => typeof length === "string" || length === given.shape[axis]));
  if (fits) return given;
  throw new ShapeError(`${what} has shape [${shape.join(", ")}], got ${showShape(given.shape)}`);
}

/** How long the index map is that a node is, or reads. */
function mapLength({ op, attributes, inputs }: Tensor): number {
  const node = op?.name === "gather" ? attributes : inputs[0]?.attributes;
  return (node as { index?: ArrayLike<number> } | undefined)?.index?.length ?? 0;
}
