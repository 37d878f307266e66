import type { Engine } from "./engine.ts";

export type { Engine, Prepared, Trainer } from "./engine.ts";

/** Loaded when needed: each brings megabytes. */
const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  atrous: async () => (await import("./atrous.ts")).atrousCompiled(),
  eager: async () => (await import("./atrous.ts")).atrousEager(),
  "ort-web": async () => (await import("./onnxRuntimeWeb.ts")).onnxRuntimeWeb(),
  "ort-node": async () => (await import("./onnxRuntimeNode.ts")).onnxRuntimeNode(),
  "tfjs-wasm": async () => (await import("./tfjsWasm.ts")).tfjsWasm(),
  "tfjs-cpu": async () => (await import("./tfjsCpu.ts")).tfjsCpu(),
  "jax-js": async () => (await import("./jaxJs.ts")).jaxJs(),
};

/** In the order of the tables' columns; atrous is what the others are compared with. */
export const engineNames: readonly string[] = Object.keys(engines);

export function loadEngine(name: string): Promise<Engine> {
  return engines[name]!();
}
