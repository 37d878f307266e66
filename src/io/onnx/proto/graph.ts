/** GraphProto: nodes, the tensors that belong to them, what goes in and what comes out. Source: `GraphProto` in onnx.proto. */
import { show } from "../../../core/options.ts";
import type { Tensor } from "../../../graph/tensor.ts";
import type { Fail } from "../../bytes/fail.ts";
import { bytesOf, fieldsOf, textOf } from "../../protobuf/reader.ts";
import { MessageWriter } from "../../protobuf/writer.ts";
import type { ExternalFiles } from "./external.ts";
import { decodeNode, encodeNode, type OnnxNode } from "./node.ts";
import { decodeTensor, encodeTensor } from "./tensor.ts";
import { decodeValue, encodeValue, type OnnxValue } from "./value.ts";

export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, Tensor>;
  /** Before IR version 4 every initializer was one of these, too. */
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const NODE = 1;
const NAME = 2;
const INITIALIZER = 5;
const INPUT = 11;
const OUTPUT = 12;
const SPARSE_INITIALIZER = 15;

/** A node takes 5 bytes of a file and 200 of memory: enough for any network, and no room for a bomb. */
const MAX_NODES = 2 ** 20;

/** @throws through `fail`, also where a name has two meanings */
export function decodeGraph(message: Uint8Array, files: ExternalFiles, fail: Fail): OnnxGraph {
  let name = "";
  const nodes: OnnxNode[] = [];
  const initializers = new Map<string, Tensor>();
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  for (const field of fieldsOf(message, fail)) {
    if (field.number === NAME) name = textOf(field, fail);
    else if (field.number === NODE) nodes.push(decodeNode(bytesOf(field, fail), files, fail));
    else if (field.number === INPUT) inputs.push(decodeValue(bytesOf(field, fail), fail));
    else if (field.number === OUTPUT) outputs.push(decodeValue(bytesOf(field, fail), fail));
    else if (field.number === INITIALIZER) {
      const { name: key, tensor } = decodeTensor(bytesOf(field, fail), files, fail);
      if (initializers.has(key)) fail(`two initializers are called ${show(key)}`);
      initializers.set(key, tensor);
    } else if (field.number === SPARSE_INITIALIZER) fail("sparse initializers are not read here");
    if (nodes.length + initializers.size > MAX_NODES) fail(`there are more than ${MAX_NODES} nodes and initializers`);
  }
  const graph = { name, nodes, initializers, inputs, outputs };
  checkDefinitions(graph, fail);
  return graph;
}

/** Every value is an input, an initializer, or comes out of one node. An initializer may be the default of an input. */
function checkDefinitions({ nodes, initializers, inputs }: OnnxGraph, fail: Fail): void {
  const defined = new Set<string>();
  const define = (name: string) => {
    if (defined.has(name)) fail(`the value ${show(name)} is defined twice`);
    defined.add(name);
  };
  for (const { name } of inputs) define(name);
  for (const name of initializers.keys()) defined.add(name);
  for (const { outputs } of nodes) for (const name of outputs) if (name !== "") define(name);
}

/** @internal Tensors must have been computed. */
export function encodeGraph(graph: OnnxGraph, fail: Fail): MessageWriter {
  const message = new MessageWriter();
  for (const node of graph.nodes) message.message(NODE, encodeNode(node, fail));
  message.text(NAME, graph.name);
  for (const [name, tensor] of graph.initializers) message.message(INITIALIZER, encodeTensor(name, tensor));
  for (const value of graph.inputs) message.message(INPUT, encodeValue(value));
  for (const value of graph.outputs) message.message(OUTPUT, encodeValue(value));
  return message;
}
