import { f32x4, get, ModuleBuilder, set } from "./assembler/index.ts";

/** Whether WebAssembly with 128-bit vectors can be compiled here, and in words why not. */
export function wasmSupport(): { readonly available: boolean; readonly reason: string } {
  if (typeof WebAssembly === "undefined") return { available: false, reason: "this engine has no WebAssembly" };
  const bytes = smallestModule();
  if (!WebAssembly.validate(bytes)) return { available: false, reason: "WebAssembly has no SIMD in this engine" };
  try {
    new WebAssembly.Module(bytes);
  } catch (error) {
    // A page's Content-Security-Policy without 'wasm-unsafe-eval' refuses what is valid.
    return { available: false, reason: `WebAssembly is not allowed here: ${(error as Error).message}` };
  }
  return { available: true, reason: "WebAssembly with SIMD is available" };
}

function smallestModule(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  module.function({ parameters: ["v128"] }, (_, x) => set(x, f32x4.add(get(x), get(x))));
  return module.bytes();
}
