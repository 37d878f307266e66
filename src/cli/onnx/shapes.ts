import { AtrousError } from "../../core/errors.ts";
import { noGrad } from "../../graph/mode.ts";
import { Tensor } from "../../graph/tensor.ts";
import { memoryDType } from "../../io/bytes/elements.ts";
import type { OnnxModel, OnnxPort } from "../../io/onnx/import/network.ts";

/** A network of one output or several. */
export type AnyOnnxModel = OnnxModel<Tensor | Tensor[]>;

/** Tried where nobody says a length: a usual block, then multiples of what strides usually are. */
const LENGTHS = [4096, 15360, 122880, 960, 60];

export const inputsFor = ({ inputs }: AnyOnnxModel, shapes: readonly (readonly number[])[]): Tensor[] =>
  inputs.map(({ dtype }, i) => new Tensor({ dtype: memoryDType(dtype ?? "float32"), shape: shapes[i]! }));

/**
 * Shapes of the inputs that the network takes, with the given length where the file leaves it open: the batch is 1, and so are other
 * open lengths, except those that have the name of the signal's. Without a length, the first of some usual ones that suits.
 *
 * @throws what the network throws for the length
 */
export function shapesFor(net: AnyOnnxModel, length: number | null): number[][] {
  let failure: unknown = null;
  for (const each of length === null ? LENGTHS : [length]) {
    const shapes = net.inputs.map((port, i) => filled(port, net.inputs[0]!, i === 0, each));
    try {
      noGrad(() => net.forward(...(inputsFor(net, shapes) as [Tensor, ...Tensor[]])));
      return shapes;
    } catch (error) {
      if (!(error instanceof AtrousError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

function filled({ shape }: OnnxPort, signal: OnnxPort, isSignal: boolean, length: number): number[] {
  if (shape === null) return [1, 1, length];
  const name = signal.shape?.at(-1);
  return shape.map((given, axis) => {
    if (typeof given === "number") return given;
    const isTime = (isSignal && axis === shape.length - 1) || (given !== "" && given === name);
    return isTime && (axis > 0 || shape.length === 1) ? length : 1;
  });
}

/** `[N, 1, L]` */
export const portText = ({ shape }: OnnxPort): string =>
  shape === null ? "of any shape" : `[${shape.map((length) => (length === "" ? "?" : length)).join(", ")}]`;
