/** The public names, grouped. */
import "./ops/methods.ts";
import { reference } from "./backends/reference/index.ts";
import { installBackend } from "./graph/backend.ts";

installBackend(reference());

// where it runs
export { reference } from "./backends/reference/index.ts";
// tensors
export type { DType, TypedArray } from "./core/dtype.ts";
// what can go wrong
export * from "./core/errors.ts";
export { manualSeed } from "./core/random/index.ts";
export { type Backend, getBackend, setBackend } from "./graph/backend.ts";
// differentiation
export { enableGrad, noGrad } from "./graph/mode.ts";
export { Parameter } from "./graph/parameter.ts";
export { Tensor } from "./graph/tensor.ts";
export * as nn from "./nn/index.ts";
export { arange, full, ones, rand, randn, tensor, zeros } from "./ops/create.ts";
export { gradients } from "./ops/gradients.ts";
// operations, layers, training
export * as F from "./ops/index.ts";
export { cat, stack } from "./ops/shape/cat.ts";
export * as optim from "./optim/index.ts";
