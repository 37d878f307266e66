/** `nn.utils`: what is done to the parameters of a module from outside. A table of contents. */
export { skipInit } from "../init/fill.ts";
export { type Clippable, clipGradNorm, clipGradValue } from "./clipGrad.ts";
export { fuseConvBn } from "./fuseConvBn.ts";
export * as parametrizations from "./parametrizations.ts";
export * as parametrize from "./parametrize.ts";
export { removeWeightNorm, type WeightNormOptions, weightNorm } from "./weightNorm.ts";
