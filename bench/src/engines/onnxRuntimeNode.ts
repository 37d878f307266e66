import type { Engine } from "./engine.ts";
import { type OnnxRuntime, onnxRuntime } from "./onnxRuntime.ts";

/** onnxruntime-node: native code with the widest vectors of the machine. */
export async function onnxRuntimeNode(): Promise<Engine> {
  // Not a literal: the package is optional, and its types may be missing with it.
  const name: string = "onnxruntime-node";
  const ort = (await import(name)) as OnnxRuntime;
  return onnxRuntime("ort-node", ort, { intraOpNumThreads: 1, interOpNumThreads: 1 });
}
