import { FormatError, OptionTypeError, ShapeError } from "../../../core/errors.ts";
import { checkOptions, show } from "../../../core/options.ts";
import { noGrad } from "../../../graph/mode.ts";
import { Tensor } from "../../../graph/tensor.ts";
import { memoryDType } from "../../bytes/index.ts";
import { decodeModel, type OnnxModelFile, type OnnxValue } from "../proto/index.ts";
import { stepsOf } from "./graph.ts";
import { OnnxModel } from "./network.ts";
import { foldConstants } from "./run.ts";
import { weightsOf } from "./weights.ts";

export interface ImportOnnxOptions {
  /** The outputs to compute, by name; those of the file by default. Any value inside the network will do. */
  outputs?: readonly string[];
  /**
   * Reads a file of external data: gets the location that the file names, gives the bytes. Nothing is read without it, and absolute
   * locations and such with `..` are refused in any case.
   */
  readExternal?: (location: string) => Uint8Array;
}

/**
 * A network from the bytes of an ONNX file, for ai.onnx 7 to 24 over one dimension of time.
 *
 * ```ts
 * const net = importOnnx(bytes);
 * const y = net.forward(x); // and compile(net, shape), stream(net), exportOnnx(net, shape), optim over net.parameters()
 * ```
 *
 * The type argument says what `forward` returns: `importOnnx<Tensor[]>(bytes)` for a file of several outputs.
 *
 * @throws FormatError for a damaged file, and for operators that are not read here, by name
 */
export function importOnnx<Output extends Tensor | Tensor[] = Tensor>(
  bytes: Uint8Array,
  options: ImportOnnxOptions = {},
): OnnxModel<Output> {
  checkOptions("importOnnx", options, ["outputs", "readExternal"]);
  const { readExternal } = options;
  const wanted = checkOutputs(options.outputs);
  const file = decodeModel(bytes, readExternal ? { readExternal } : {});
  const { graph, metadata } = file;
  // Before IR version 4 initializers were listed as inputs too.
  const inputs = graph.inputs.filter(({ name }) => !graph.initializers.has(name));
  const outputs = wanted?.map((name) => portOf(graph.outputs, name)) ?? graph.outputs;
  const steps = stepsOf(
    graph,
    outputs.map(({ name }) => name),
  );
  const opset = opsetOf(file);
  const { constants, ...weights } = weightsOf(graph.initializers, steps);
  const left = foldConstants(steps, opset, constants);
  const model = new OnnxModel<Output>({
    ...{ opset, inputs, outputs, metadata },
    steps: left,
    weights: { ...weights, constants },
  });
  rehearse(model, bytes.length);
  return model;
}

function checkOutputs(names: unknown): readonly string[] | undefined {
  if (names === undefined) return undefined;
  if (Array.isArray(names) && names.length > 0 && names.every((name) => typeof name === "string")) return names;
  throw new OptionTypeError(`importOnnx: outputs must be an array of names, got ${show(names)}`);
}

const portOf = (known: readonly OnnxValue[], name: string): OnnxValue =>
  known.find((port) => port.name === name) ?? { name, dtype: null, shape: null };

const OPSETS = [7, 24] as const;

function opsetOf({ opsets }: OnnxModelFile): number {
  const opset = opsets.get("") ?? opsets.get("ai.onnx");
  if (opset === undefined)
    throw new FormatError("importOnnx: the file does not say which version of ai.onnx it is for");
  if (opset >= OPSETS[0] && opset <= OPSETS[1]) return opset;
  throw new FormatError(`importOnnx: the file is for ai.onnx ${opset}; ${OPSETS[0]} to ${OPSETS[1]} are read`);
}

/** Lengths tried for what the file leaves open: multiples of what strides usually are. */
const LENGTHS = [60, 960, 15360, 122880];

/** What the index maps of a rehearsal may come to beside the size of the file: a few bytes can ask for any length. */
const REHEARSAL = 2 ** 17;

/**
 * Builds the network once, so that what cannot be read is an error now and not when it is first used. That none of the lengths tried
 * suits it is no fault of the file.
 */
function rehearse(model: OnnxModel<Tensor | Tensor[]>, size: number): void {
  if (model.inputs.some(({ shape }) => shape === null)) return;
  const open = model.inputs.some(({ shape }) => shape!.some((length) => typeof length === "string"));
  const budget = { entries: REHEARSAL + size / 4 };
  for (const length of LENGTHS) {
    const inputs = model.inputs.map(
      ({ dtype, shape }) =>
        new Tensor({
          dtype: memoryDType(dtype ?? "float32"),
          shape: shape!.map((given, axis) => (typeof given === "number" ? given : axis === 0 ? 1 : length)),
        }),
    );
    try {
      noGrad(() => model.build(inputs, budget));
      return;
    } catch (error) {
      if (budget.entries < 0) return;
      if (error instanceof ShapeError && open) continue;
      if (error instanceof FormatError) throw error;
      throw new FormatError(`importOnnx: the network cannot be built: ${(error as Error).message}`);
    }
  }
}
