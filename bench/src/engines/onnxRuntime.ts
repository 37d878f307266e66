/** What onnxruntime-web and onnxruntime-node have in common. */
import type { InferenceSession, Tensor } from "onnxruntime-web";
import { exportOnnx } from "../../../dist/io/index.js";
import { moduleOperations } from "./atrous.ts";
import type { Engine, Prepared } from "./engine.ts";

/** The part of their modules that is used. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>;
  };
  readonly Tensor: new (type: "float32", data: Float32Array, dimensions: readonly number[]) => Tensor;
}

export function onnxRuntime(name: string, runtime: OnnxRuntime, options: InferenceSession.SessionOptions): Engine {
  return {
    name,
    layout: "NCL",
    prepare(network, input) {
      const operations = moduleOperations();
      const names = { inputNames: ["x"], outputNames: ["y"] };
      const model = exportOnnx((x) => network(operations, x), input, { dynamic: false, ...names });
      return async (): Promise<Prepared> => {
        const session = await runtime.InferenceSession.create(model, options);
        return {
          async run(x) {
            const { y } = await session.run({ x: new runtime.Tensor("float32", x, input) });
            return y!.data as Float32Array;
          },
          release: () => session.release(),
        };
      };
    },
  };
}
