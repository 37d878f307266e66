/** `nn.utils`: what is done to the parameters of a module from outside. A table of contents. */
export { type Clippable, clipGradNorm, clipGradValue } from "./clipGrad.ts";
export * as parametrizations from "./parametrizations.ts";
export { removeParametrizations } from "./parametrizations.ts";
export * as parametrize from "./parametrize.ts";
export { removeWeightNorm, type WeightNormOptions, weightNorm } from "./weightNorm.ts";
