/** MindSpore's initialisers (`mindspore.common.initializer`). A table of contents. */
export { Initializer } from "./base.ts";
export { Constant, One, Zero } from "./constant.ts";
export { type HeMode, HeNormal, HeUniform } from "./he.ts";
export { type Init, initializer } from "./initializer.ts";
export { Identity, Sparse } from "./matrix.ts";
export { Normal, TruncatedNormal } from "./normal.ts";
export { Dirac, Orthogonal } from "./structured.ts";
export { Uniform } from "./uniform.ts";
export { type VarianceDistribution, type VarianceMode, VarianceScaling } from "./varianceScaling.ts";
export { XavierNormal, XavierUniform } from "./xavier.ts";
