import { GraphError } from "../../../core/errors.ts";

/** ONNX has no words for this network, and `problem` says why. */
export function refuse(problem: string): never {
  throw new GraphError(`exportOnnx: ${problem}`);
}
