import * as ort from "onnxruntime-web";
import type { Engine } from "./engine.ts";
import { type OnnxRuntime, onnxRuntime } from "./onnxRuntime.ts";

/** onnxruntime-web on WebAssembly (MLAS with SIMD). */
export function onnxRuntimeWeb(): Engine {
  ort.env.wasm.numThreads = 1;
  return onnxRuntime("ort-web", { Tensor: ort.Tensor, InferenceSession: { create } }, { executionProviders: ["wasm"] });
}

const create: OnnxRuntime["InferenceSession"]["create"] = async (model, options) => {
  const session = await ort.InferenceSession.create(model, options);
  // It leaves a Worker on globalThis, which jax-js takes as a sign of shared memory.
  Reflect.deleteProperty(globalThis, "Worker");
  return session;
};
