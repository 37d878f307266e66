import { type Backend, getBackend } from "../graph/backend.ts";
import { reference } from "./reference/index.ts";
import { wasm } from "./wasm/index.ts";
import { wasmSupport } from "./wasm/support.ts";

/** What atrous found where it runs. */
export interface Capabilities {
  /** The backend that computes now. */
  readonly backend: string;
  /** Whether generated WebAssembly can run here. */
  readonly wasm: boolean;
  /** Why the backend is what it is, in a sentence. */
  readonly reason: string;
}

/** The fastest backend that can run here at once: `wasm`, or `reference` where WebAssembly is missing or not allowed. */
export const preferredBackend = (): Backend => (wasmSupport().available ? wasm() : reference());

/** Which backend computes, and why. */
export function capabilities(): Capabilities {
  const { available, reason } = wasmSupport();
  const backend = getBackend().name;
  const chosen = backend === (available ? "wasm" : "reference");
  return { backend, wasm: available, reason: chosen ? reason : `${backend} was set; ${reason}` };
}
