/**
 * ModelProto: an ONNX file as plain objects and back. What operations mean is not known here.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */
import { checkOptions, show } from "../../../core/options.ts";
import { evaluateSync } from "../../../graph/evaluate.ts";
import { checkBytes, type Fail, failing } from "../../bytes/fail.ts";
import { bytesOf, type Field, fieldsOf, smallIntegerOf, textOf } from "../../protobuf/reader.ts";
import { MessageWriter } from "../../protobuf/writer.ts";
import { tensorsOf } from "./attribute.ts";
import { ExternalFiles, type ReadExternal, readEntry } from "./external.ts";
import { decodeGraph, encodeGraph, type OnnxGraph } from "./graph.ts";
import { domainOf, type OnnxNode } from "./node.ts";

export type { OnnxAttribute } from "./attribute.ts";
export type { ReadExternal } from "./external.ts";
export type { OnnxGraph } from "./graph.ts";
export type { OnnxNode } from "./node.ts";
export type { OnnxValue } from "./value.ts";

export interface OnnxModelFile {
  readonly irVersion: number;
  /** Who wrote the file. */
  readonly producer: string;
  /** The version of the operations of each domain; "" is ONNX's own. */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  readonly metadata: ReadonlyMap<string, string>;
}

const IR_VERSION = 1;
const PRODUCER = 2;
const GRAPH = 7;
const OPSET_IMPORT = 8;
const METADATA = 14;
const FUNCTION = 25;

/** Of a FunctionProto. */
const FUNCTION_NAME = 1;
const FUNCTION_DOMAIN = 10;

/** What protobuf, and with it every other reader, takes: a signed 32-bit length. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * The model in the bytes of an `.onnx` file. Numbers that are in other files are asked of `readExternal`, by names relative to the
 * model's folder.
 *
 * @throws FormatError in the name of `reader`, also for local functions, sparse tensors and element types that do not exist here
 */
export function decodeModel(
  bytes: Uint8Array,
  options: { readExternal?: ReadExternal | undefined } = {},
  reader = "importOnnx",
): OnnxModelFile {
  checkOptions(reader, options, ["readExternal"]);
  const fail = failing(reader);
  const files = new ExternalFiles(reader, options.readExternal);
  let irVersion = 0;
  let producer = "";
  let graph: OnnxGraph | null = null;
  const opsets = new Map<string, number>();
  const metadata = new Map<string, string>();
  const functions = new Set<string>();
  for (const field of fieldsOf(checkBytes(reader, bytes), fail)) {
    if (field.number === IR_VERSION) irVersion = smallIntegerOf(field, fail);
    else if (field.number === PRODUCER) producer = textOf(field, fail);
    else if (field.number === METADATA) metadata.set(...readEntry(bytesOf(field, fail), fail));
    else if (field.number === OPSET_IMPORT) addOpset(opsets, field, fail);
    else if (field.number === FUNCTION) functions.add(functionName(bytesOf(field, fail), fail));
    else if (field.number === GRAPH)
      graph = graph ? fail("the file has two graphs") : decodeGraph(bytesOf(field, fail), files, fail);
  }
  if (!graph) return fail("the file has no graph, so it is no ONNX model");
  const call = graph.nodes.find((node) => functions.has(qualified(node)));
  if (call) fail(`node ${show(call.name)} calls the local function ${qualified(call)}, which is not read here`);
  return { irVersion, producer, opsets, graph, metadata };
}

const qualified = ({ domain, opType }: Pick<OnnxNode, "domain" | "opType">): string => `${domain}::${opType}`;

function functionName(message: Uint8Array, fail: Fail): string {
  let [opType, domain] = ["", ""];
  for (const field of fieldsOf(message, fail)) {
    if (field.number === FUNCTION_NAME) opType = textOf(field, fail);
    else if (field.number === FUNCTION_DOMAIN) domain = domainOf(textOf(field, fail));
  }
  return qualified({ domain, opType });
}

function addOpset(opsets: Map<string, number>, field: Field, fail: Fail): void {
  let domain = "";
  let version = 0;
  for (const inner of fieldsOf(bytesOf(field, fail), fail)) {
    if (inner.number === 1) domain = domainOf(textOf(inner, fail));
    else if (inner.number === 2) version = smallIntegerOf(inner, fail);
  }
  const before = opsets.get(domain);
  if (before !== undefined && before !== version)
    fail(`versions ${before} and ${version} of the operations ${show(domain)} are both asked for`);
  opsets.set(domain, version);
}

/**
 * The bytes of an `.onnx` file, all numbers in it as raw data. Tensors are written with the element types of the files they came from.
 *
 * @throws FormatError in the name of `writer` for an attribute of an unsupported kind, and for 2 GiB or more
 */
export function encodeModel(model: OnnxModelFile, writer = "exportOnnx"): Uint8Array<ArrayBuffer> {
  const { graph } = model;
  const attributes = graph.nodes.flatMap((node) => [...node.attributes.values()]);
  const tensors = [...graph.initializers.values(), ...attributes.flatMap(tensorsOf)];
  evaluateSync(tensors.map((tensor) => tensor.node()));

  const fail = failing(writer);
  const message = new MessageWriter().integer(IR_VERSION, model.irVersion);
  if (model.producer !== "") message.text(PRODUCER, model.producer);
  message.message(GRAPH, encodeGraph(graph, fail));
  for (const [domain, version] of model.opsets) {
    const opset = new MessageWriter().text(1, domain).integer(2, version);
    message.message(OPSET_IMPORT, opset);
  }
  for (const [key, value] of model.metadata) message.message(METADATA, new MessageWriter().text(1, key).text(2, value));
  if (message.length > MAX_BYTES)
    fail(`the model takes ${message.length} bytes, but protobuf ends at ${MAX_BYTES}, just below 2 GiB`);
  return message.finish();
}
