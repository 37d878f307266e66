import { checkDType, type DType } from "../../../core/dtype.ts";
import { OptionError, OptionTypeError } from "../../../core/errors.ts";
import { checkCount, checkOptions, show } from "../../../core/options.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import { declaredPorts } from "../../../nn/declaredPorts.ts";
import { Module } from "../../../nn/module.ts";
import { type InputShapes, shapesOf } from "../../../nn/shapes.ts";
import { type Network, traceAll } from "../../../nn/trace.ts";
import { encodeModel, type OnnxValue } from "../proto/index.ts";
import { Constants } from "./constants.ts";
import { Emitter } from "./emitter.ts";
import { isConstant } from "./lengths.ts";
import { portsOf } from "./ports.ts";
import type { Writing } from "./row.ts";
import { type Site, Sites, type Trace } from "./sites.ts";
import { type DynamicAxes, tracesOf } from "./variables.ts";
import { noteLengths, writeSite } from "./write.ts";

export interface ExportOnnxOptions {
  /**
   * Which axes are of any length: `true` (the default) for the first and the last axis of every input, called N and L; `false` for
   * none; or, for each input, the names of its free axes by their places, such as `[{ 0: "N", 2: "frames" }]`. Axes of one name
   * always have one length. An axis whose length the network does not let vary stays as it is. For a network from a file, `true` also
   * frees what has the name of a free axis there, as the batch in the states of a recurrence.
   */
  dynamic?: boolean | readonly DynamicAxes[];
  /** The file is for lengths that differ from the example's by multiples of this. Default 1. */
  lengthMultiple?: number;
  /** Default `input`, or `input_0`, `input_1`, …; those of the file for a network from one. */
  inputNames?: readonly string[];
  /** Default `output`, or `output_0`, …; those of the file for a network from one. */
  outputNames?: readonly string[];
  /** The element type of the inputs. Default "float32"; onnxruntime has no convolutions of float64. */
  dtype?: DType;
  /** Strings to keep in the file. */
  metadata?: Readonly<Record<string, string>>;
}

const OPTIONS = ["dynamic", "lengthMultiple", "inputNames", "outputNames", "dtype", "metadata"] as const;
const OPSET = 17;
const IR_VERSION = 8;

/**
 * The bytes of an ONNX file of a network, for opset 17.
 *
 * `shape` is that of an example of the input, or a list of the shapes of several. The network is called a few times, in evaluation mode, with
 * inputs of that length and of longer ones (by 2000 samples, and three times as long); what it does with any length shows in what differs
 * between them. What it does otherwise at shorter lengths only does not show: the example should be as short as signals will be. Parameters keep
 * their names.
 *
 * ```ts
 * const bytes = exportOnnx(net, [1, 1, 4096]); // an input of shape (N, 1, L)
 * ```
 *
 * @throws GraphError for what ONNX has no words for, OptionError, and whatever the network throws
 */
export function exportOnnx(
  net: Network | Module<never[], unknown>,
  shape: InputShapes,
  options: ExportOnnxOptions = {},
): Uint8Array<ArrayBuffer> {
  checkOptions("exportOnnx", options, OPTIONS);
  const dtype = checkDType("exportOnnx", options.dtype ?? "float32");
  const ports = portsOf(shapesOf("exportOnnx", shape), dtype, options.dynamic ?? true, declaredPorts(net, "inputs"));
  const step = checkCount("exportOnnx", "lengthMultiple", options.lengthMultiple ?? 1, 1);
  const { traces, free } = tracesOf(ports, step, (inputs) => traceAll("exportOnnx", net, inputs));
  const [example] = traces;
  const inputNames = namesOf("inputNames", "input", options.inputNames ?? declaredNames(net, "inputs"), example.inputs);
  const outputNames = namesOf(
    "outputNames",
    "output",
    options.outputNames ?? declaredNames(net, "outputs"),
    example.outputs,
  );

  const shared = options.outputNames?.find((name) => inputNames.includes(name));
  if (shared !== undefined) throw new OptionError(`exportOnnx: an input and an output are called ${show(shared)}`);
  const metadata = checkMetadata(options.metadata ?? {});

  const emitter = new Emitter();
  const sites = new Sites(traces);
  const at = (pick: (trace: Trace) => Tensor): Site => sites.at(traces.map(pick));
  const names = new Map<Site, string>();
  const inputs = ports.map((port, i): OnnxValue => {
    const name = emitter.name(inputNames[i]!);
    const site = at((trace) => trace.inputs[i]!);
    names.set(site, name);
    noteLengths(site, name, emitter.lengths);
    const open = port.shape.map((length, axis) => (free.has(port.axes[axis] ?? "") ? port.axes[axis]! : length));
    return { name, dtype: port.dtype, shape: open };
  });
  // Reserved, so that no value inside takes the names of the outputs.
  const outputs = outputNames.map((name) => emitter.name(name));
  const writing: Writing = {
    emitter,
    constants: new Constants(emitter, weightNames(net)),
    truths: new Map(),
    recurrences: new Map(),
  };
  const results = outputs.map((name, i): OnnxValue => {
    const site = at((trace) => trace.outputs[i]!);
    emitter.output(writeSite(site, writing, names), name);
    return { name, dtype: site.nodes[0]!.dtype, shape: outputShape(site, inputs, traces) };
  });
  const nodes = emitter.finished();
  const used = new Set(nodes.flatMap((node) => node.inputs));
  const initializers = new Map([...emitter.initializers].filter(([name]) => used.has(name)));
  return encodeModel({
    irVersion: IR_VERSION,
    producer: "atrous",
    opsets: new Map([["", OPSET]]),
    graph: {
      name: typeof net === "function" ? net.name || "network" : net.constructor.name,
      nodes,
      initializers,
      inputs,
      outputs: results,
    },
    metadata,
  });
}

function checkMetadata(metadata: Readonly<Record<string, unknown>>): Map<string, string> {
  for (const [key, value] of Object.entries(metadata))
    if (typeof value !== "string")
      throw new OptionTypeError(`exportOnnx: metadata must be strings, got ${show(value)} for ${show(key)}`);
  return new Map(Object.entries(metadata) as [string, string][]);
}

const declaredNames = (net: object, which: "inputs" | "outputs"): readonly string[] | undefined =>
  declaredPorts(net, which)?.map(({ name }) => name);

function namesOf(
  option: string,
  fallback: string,
  given: readonly string[] | undefined,
  tensors: readonly Tensor[],
): readonly string[] {
  const names = given ?? tensors.map((_, i) => (tensors.length === 1 ? fallback : `${fallback}_${i}`));
  const areNames = Array.isArray(names) && names.every((name) => typeof name === "string" && name !== "");
  if (!areNames || names.length !== tensors.length || new Set(names).size !== names.length)
    throw new OptionError(`exportOnnx: ${option} must be ${tensors.length} different names, got ${show(names)}`);
  return names;
}

/** What parameters and buffers are called, by the nodes that hold their present values. */
function weightNames(net: unknown): Map<Tensor, string> {
  if (!(net instanceof Module)) return new Map();
  const named: [string, Tensor][] = [...net.namedParameters(), ...net.namedBuffers()];
  return new Map(named.map(([name, tensor]) => [tensor.node(), name]));
}

function outputShape({ nodes }: Site, inputs: readonly OnnxValue[], traces: readonly Trace[]): (number | string)[] {
  const known = new Map<string, string>();
  for (const [i, { shape }] of inputs.entries())
    for (const [axis, length] of shape!.entries())
      if (typeof length === "string") known.set(traces.map((trace) => trace.inputs[i]!.shape[axis]!).join(), length);
  return nodes[0]!.shape.map((length, axis) => {
    const lengths = nodes.map(({ shape }) => shape[axis]!);
    return isConstant(lengths) ? length : (known.get(lengths.join()) ?? `length_${axis}`);
  });
}
