import { FormatError, ShapeError } from "../../core/errors.ts";
import { Tensor } from "../../graph/tensor.ts";
import { importOnnx } from "../../io/onnx/import/importOnnx.ts";
import type { OnnxModel } from "../../io/onnx/import/network.ts";
import { type Network, trace } from "../../nn/trace.ts";
import { besideModel } from "../files/external.ts";
import type { Model } from "../model.ts";
import { rateIn } from "./rate.ts";
import { portText, shapesFor } from "./shapes.ts";

/**
 * An ONNX network that turns a signal into one of the same length.
 *
 * @throws FormatError for one that does something else, and where nobody says its rate
 */
export function loadOnnx(bytes: Uint8Array, path: string, rate: number | null): Model {
  const net: OnnxModel = importOnnx(bytes, { readExternal: besideModel(path) });
  checkPorts(net);
  const network = net.eval() as unknown as Network;
  const length = shapesFor(net, null)[0]![2]!;
  for (const each of [length, length + 1]) checkLength(network, each, each > length);
  const sampleRate = rate ?? rateIn(net.metadata);
  if (sampleRate === null)
    throw new FormatError(`the file does not say for which sampling rate the network is; --rate HZ does`);
  return { network, sampleRate };
}

function checkPorts({ inputs, outputs }: OnnxModel): void {
  const [input] = inputs;
  const signal = inputs.length === 1 && outputs.length === 1 && input?.shape?.length === 3;
  if (!signal || (typeof input.shape![1] === "number" && input.shape![1] !== 1)) {
    const ports = inputs.map((port) => `${JSON.stringify(port.name)} ${portText(port)}`).join(", ");
    throw new FormatError(
      `a recording goes through networks of one input (N, 1, L) and one output, one channel at a time; this one has ${ports} and ${outputs.length} outputs`,
    );
  }
  if (typeof input.shape![2] === "number")
    throw new FormatError(
      `the network is for signals of ${input.shape![2]} samples alone, so recordings do not go through it`,
    );
}

function checkLength(network: Network, length: number, maybe: boolean): void {
  try {
    const { shape } = trace("apply", network, [new Tensor({ shape: [1, 1, length], dtype: "float32" })]);
    if (shape.length === 3 && shape[1] === 1 && shape[2] === length) return;
    throw new FormatError(
      `the network makes an output of shape [${shape.join(", ")}] of ${length} samples, and should make as many as it gets`,
    );
  } catch (error) {
    // Some take multiples of a hop only.
    if (!(maybe && error instanceof ShapeError)) throw error;
  }
}
