/** `F`: every operation as a function. A table of contents. */
export { hardsigmoid, hardswish, hardtanh, relu6, softsign } from "./activations/bounded.ts";
export { glu } from "./activations/glu.ts";
export { elu, leakyRelu, prelu, selu } from "./activations/rectifiers.ts";
export { type GeluOptions, gelu, mish, silu } from "./activations/smooth.ts";
export { snake } from "./activations/snake.ts";
export { logSoftmax, softmax } from "./activations/softmax.ts";
export { logSigmoid, softplus } from "./activations/softplus.ts";
export { conv1d } from "./convolution/conv1d.ts";
export { convTranspose1d } from "./convolution/convTranspose1d.ts";
export { detach } from "./detach.ts";
export { dropout, dropout1d } from "./dropout.ts";
export * from "./elementwise/binary.ts";
export { clamp } from "./elementwise/clamp.ts";
export * from "./elementwise/unary.ts";
export { where } from "./elementwise/where.ts";
export { linear } from "./linear/linear.ts";
export { matmul } from "./linear/matmul.ts";
export {
  type BinaryCrossEntropyOptions,
  type BinaryCrossEntropyWithLogitsOptions,
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
} from "./losses/binaryCrossEntropy.ts";
export { type CrossEntropyOptions, crossEntropy } from "./losses/crossEntropy.ts";
export { type EsrLossOptions, esrLoss } from "./losses/esrLoss.ts";
export { type NllLossOptions, nllLoss } from "./losses/nllLoss.ts";
export type { LossOptions, Reduction } from "./losses/reduction.ts";
export {
  type HuberLossOptions,
  huberLoss,
  l1Loss,
  mseLoss,
  type SmoothL1LossOptions,
  smoothL1Loss,
} from "./losses/regression.ts";
export { type SiSdrLossOptions, siSdrLoss } from "./losses/siSdrLoss.ts";
export { type BatchNormOptions, batchNorm, batchNormStatistics } from "./normalisation/batchNorm.ts";
export { cumulativeNorm } from "./normalisation/cumulativeNorm.ts";
export { groupNorm } from "./normalisation/groupNorm.ts";
export { type InstanceNormOptions, instanceNorm } from "./normalisation/instanceNorm.ts";
export { channelNorm, layerNorm } from "./normalisation/layerNorm.ts";
export type { Statistics } from "./normalisation/running.ts";
export type { AffineOptions } from "./normalisation/standardise.ts";
export { adaptiveAvgPool1d, adaptiveMaxPool1d } from "./pooling/adaptive.ts";
export { type AvgPool1dOptions, avgPool1d } from "./pooling/avgPool1d.ts";
export { globalAvgPool1d, globalMaxPool1d } from "./pooling/global.ts";
export { type MaxPool1dOptions, maxPool1d } from "./pooling/maxPool1d.ts";
export type { PoolOptions } from "./pooling/windows.ts";
export { cumsum } from "./recurrent/cumsum.ts";
export { argmax, argmin } from "./reduce/argmax.ts";
export { max, min } from "./reduce/max.ts";
export { mean, variance } from "./reduce/mean.ts";
export { sum } from "./reduce/sum.ts";
export { type InterpolateOptions, interpolate } from "./resample/interpolate.ts";
export { broadcastTo } from "./shape/broadcast.ts";
export { cast } from "./shape/cast.ts";
export { cat, stack } from "./shape/cat.ts";
export { pad } from "./shape/pad.ts";
export { flatten, reshape, squeeze, unsqueeze } from "./shape/reshape.ts";
export { chunk, flip, slice, split } from "./shape/slice.ts";
export { permute, transpose } from "./shape/transpose.ts";
