/** The public names, grouped. */
import "./ops/methods.ts";
import { preferredBackend } from "./backends/capabilities.ts";
import { installBackend } from "./graph/backend.ts";

installBackend(preferredBackend());

// Tensors.

export type { DType, FloatDType, TypedArray } from "./core/dtype.ts";
export { manualSeed } from "./core/random/index.ts";
export { Parameter } from "./graph/parameter.ts";
export { type NestedNumbers, Tensor } from "./graph/tensor.ts";
export { arange, full, ones, rand, randn, tensor, zeros } from "./ops/create.ts";
export { evaluate, evaluateSync } from "./ops/evaluate.ts";
export { cat, stack } from "./ops/shape/cat.ts";

// Operations, layers, training.

export type { Conv1dOptions, ConvTranspose1dOptions } from "./core/geometry.ts";
export type { Padding, PaddingModeName } from "./core/padding/index.ts";
export { explain } from "./inspect/explain.ts";
export { type CompiledFunction, type CompileOptions, compile } from "./nn/compile.ts";
export * as nn from "./nn/index.ts";
export * as F from "./ops/index.ts";
export * as optim from "./optim/index.ts";

// Differentiation.

export { enableGrad, noGrad } from "./graph/mode.ts";
export { gradients } from "./ops/gradients.ts";

// Where it runs.

export { type Capabilities, capabilities } from "./backends/capabilities.ts";
export { reference } from "./backends/reference/index.ts";
export { wasm } from "./backends/wasm/index.ts";
export { type Backend, getBackend, setBackend } from "./graph/backend.ts";

// What can go wrong.

export * from "./core/errors.ts";
