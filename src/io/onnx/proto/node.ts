/** NodeProto: an operation and the names of what goes in and comes out. Source: `NodeProto` in onnx.proto. */
import { show } from "../../../core/options.ts";
import type { Fail } from "../../bytes/fail.ts";
import { bytesOf, fieldsOf, textOf } from "../../protobuf/reader.ts";
import { MessageWriter } from "../../protobuf/writer.ts";
import { decodeAttribute, encodeAttribute, type OnnxAttribute } from "./attribute.ts";
import type { ExternalFiles } from "./external.ts";

export interface OnnxNode {
  readonly opType: string;
  /** Whose operation it is; "" for ONNX's own. */
  readonly domain: string;
  readonly name: string;
  /** Names of values; "" for one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

const INPUT = 1;
const OUTPUT = 2;
const NAME = 3;
const OP_TYPE = 4;
const ATTRIBUTE = 5;
const DOMAIN = 7;

/** ONNX's own domain has two names. */
export const domainOf = (name: string): string => (name === "ai.onnx" ? "" : name);

/** @throws through `fail` */
export function decodeNode(message: Uint8Array, files: ExternalFiles, fail: Fail): OnnxNode {
  let [opType, domain, name] = ["", "", ""];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  for (const field of fieldsOf(message, fail)) {
    if (field.number === OP_TYPE) opType = textOf(field, fail);
    else if (field.number === DOMAIN) domain = domainOf(textOf(field, fail));
    else if (field.number === NAME) name = textOf(field, fail);
    else if (field.number === INPUT) inputs.push(textOf(field, fail));
    else if (field.number === OUTPUT) outputs.push(textOf(field, fail));
  }
  if (opType === "") fail(`node ${show(name)} says no operation`);
  const failHere: Fail = (problem) => fail(`${opType} node ${show(name)}: ${problem}`);
  for (const field of fieldsOf(message, fail)) {
    if (field.number !== ATTRIBUTE) continue;
    const [key, value] = decodeAttribute(bytesOf(field, failHere), files, failHere);
    if (attributes.has(key)) failHere(`it has two attributes ${show(key)}`);
    attributes.set(key, value);
  }
  return { opType, domain, name, inputs, outputs, attributes };
}

/** @internal Tensors must have been computed. */
export function encodeNode(node: OnnxNode, fail: Fail): MessageWriter {
  const message = new MessageWriter();
  for (const input of node.inputs) message.text(INPUT, input);
  for (const output of node.outputs) message.text(OUTPUT, output);
  if (node.name !== "") message.text(NAME, node.name);
  message.text(OP_TYPE, node.opType);
  for (const [name, value] of node.attributes) message.message(ATTRIBUTE, encodeAttribute(name, value, fail));
  if (node.domain !== "") message.text(DOMAIN, node.domain);
  return message;
}
