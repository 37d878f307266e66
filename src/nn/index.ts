/** `nn`: layers. A table of contents. */
export { GLU, LogSoftmax, Softmax } from "./activations/alongAxis.ts";
export { Hardsigmoid, Hardswish, Hardtanh, ReLU6, Sigmoid, Softsign, Tanh } from "./activations/bounded.ts";
export { Identity } from "./activations/identity.ts";
export { PReLU } from "./activations/prelu.ts";
export { ELU, LeakyReLU, ReLU, SELU } from "./activations/rectifiers.ts";
export { GELU, LogSigmoid, Mish, SiLU, Softplus } from "./activations/smooth.ts";
export { Snake } from "./activations/snake.ts";
export { Conv1d, type Conv1dLayerOptions } from "./convolution/conv1d.ts";
export { ConvTranspose1d, type ConvTranspose1dLayerOptions } from "./convolution/convTranspose1d.ts";
export { LazyConv1d, LazyConvTranspose1d } from "./convolution/lazy.ts";
export { Dropout, Dropout1d } from "./dropout.ts";
export { Flatten, type FlattenOptions } from "./flatten.ts";
export * as init from "./init/index.ts";
export { Linear, type LinearOptions } from "./linear.ts";
export { BCELoss, BCEWithLogitsLoss } from "./losses/binaryCrossEntropy.ts";
export { CrossEntropyLoss, NLLLoss } from "./losses/classes.ts";
export { HuberLoss, L1Loss, MSELoss, SmoothL1Loss } from "./losses/regression.ts";
export { type AnyModule, Module } from "./module.ts";
export { BatchNorm1d } from "./normalisation/batchNorm1d.ts";
export { CumulativeNorm, type CumulativeNormOptions } from "./normalisation/cumulativeNorm.ts";
export { GroupNorm, type GroupNormOptions } from "./normalisation/groupNorm.ts";
export { InstanceNorm1d } from "./normalisation/instanceNorm1d.ts";
export { ChannelNorm, LayerNorm, type LayerNormOptions } from "./normalisation/layerNorm.ts";
export type { RunningNormOptions } from "./normalisation/runningNorm.ts";
export {
  CircularPad1d,
  ConstantPad1d,
  Crop,
  Pad1d,
  type PadAmounts,
  ReflectionPad1d,
  ReplicationPad1d,
  ZeroPad1d,
} from "./padding/pads.ts";
export { AdaptiveAvgPool1d, AdaptiveMaxPool1d } from "./pooling/adaptive.ts";
export { AvgPool1d } from "./pooling/avgPool1d.ts";
export { GlobalAvgPool1d, GlobalMaxPool1d } from "./pooling/global.ts";
export { MaxPool1d } from "./pooling/maxPool1d.ts";
export { GRU, type GRUOptions } from "./recurrent/gru.ts";
export { GRUCell, type GRUCellOptions } from "./recurrent/gruCell.ts";
export { LSTM, type LSTMOptions, type LSTMState } from "./recurrent/lstm.ts";
export { LSTMCell, type LSTMCellOptions } from "./recurrent/lstmCell.ts";
export { Sequential } from "./sequential.ts";
export type { LoadReport } from "./stateDict.ts";
export { Upsample } from "./upsample.ts";
export * as utils from "./utils/index.ts";
