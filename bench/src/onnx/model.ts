/** A network as an ONNX model. Field numbers are those of onnx.proto3 (onnx/onnx). */
import { count } from "../count.ts";
import type { Layer, Network, Operations, Shape } from "../network.ts";
import { bytes, float, integer, join, message, type Piece, text } from "./protobuf.ts";

const irVersion = 8;
const opset = 17;

/** ONNX's numbers for the types of attributes and of elements. */
const attributeType = { float: 1, integers: 7, integer: 2 };
const float32 = 1;

/** The model's bytes; its input is called "x", its output "y". */
export function onnxModel(network: Network, input: Shape): Uint8Array {
  const nodes: Piece[] = [];
  const initializers: Piece[] = [];
  const initialized = new Map<Layer, string[]>();
  let values = 0;

  const node = (type: string, inputs: readonly string[], attributes: readonly Piece[] = []): string => {
    const output = `v${values++}`;
    nodes.push(
      ...message(1, [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, type), ...attributes]),
    );
    return output;
  };
  const initializer = (shape: readonly number[], data: Float32Array): string => {
    const name = `p${values++}`;
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    const dimensions = shape.flatMap((size) => integer(1, size));
    initializers.push(...message(5, [...dimensions, ...integer(2, float32), ...text(8, name), ...bytes(9, raw)]));
    return name;
  };
  const parameters = (layer: Layer): string[] => {
    const names = initialized.get(layer) ?? [
      initializer(layer.weightShape, layer.weight),
      initializer([layer.outChannels], layer.bias),
    ];
    initialized.set(layer, names);
    return names;
  };
  const convolution = (type: string, x: string, layer: Layer): string =>
    node(
      type,
      [x, ...parameters(layer)],
      [
        ...integersAttribute("kernel_shape", [layer.kernelSize]),
        ...integersAttribute("strides", [layer.stride]),
        ...integersAttribute("dilations", [layer.dilation]),
        ...integersAttribute("pads", [layer.padding, layer.padding]),
        ...integerAttribute("group", layer.groups),
      ],
    );
  const operations: Operations<string> = {
    conv1d: (x, layer) => convolution("Conv", x, layer),
    convTranspose1d: (x, layer) => convolution("ConvTranspose", x, layer),
    relu: (x) => node("Relu", [x]),
    leakyRelu: (x, slope) => node("LeakyRelu", [x], floatAttribute("alpha", slope)),
    tanh: (x) => node("Tanh", [x]),
    add: (x, y) => node("Add", [x, y]),
    scale: (x, factor) => node("Mul", [x, initializer([], Float32Array.of(factor))]),
  };

  nodes.push(...message(1, [...text(1, network(operations, "x")), ...text(2, "y"), ...text(4, "Identity")]));
  const graph = [
    ...nodes,
    ...text(2, "network"),
    ...initializers,
    ...message(11, value("x", input)),
    ...message(12, value("y", count(network, input).output)),
  ];
  return join([...integer(1, irVersion), ...message(7, graph), ...message(8, integer(2, opset))]);
}

function value(name: string, shape: Shape): Piece[] {
  const dimensions = shape.flatMap((size) => message(1, integer(1, size)));
  return [...text(1, name), ...message(2, message(1, [...integer(1, float32), ...message(2, dimensions)]))];
}

function integersAttribute(name: string, values: readonly number[]): Piece[] {
  const all = values.flatMap((value) => integer(8, value));
  return message(5, [...text(1, name), ...all, ...integer(20, attributeType.integers)]);
}

function integerAttribute(name: string, value: number): Piece[] {
  return message(5, [...text(1, name), ...integer(3, value), ...integer(20, attributeType.integer)]);
}

function floatAttribute(name: string, value: number): Piece[] {
  return message(5, [...text(1, name), ...float(2, value), ...integer(20, attributeType.float)]);
}
