/** `F`: every operation as a function. A table of contents. */
export { conv1d } from "./convolution/conv1d.ts";
export { convTranspose1d } from "./convolution/convTranspose1d.ts";
export { detach } from "./detach.ts";
export * from "./elementwise/binary.ts";
export * from "./elementwise/unary.ts";
export { where } from "./elementwise/where.ts";
export { max, min } from "./reduce/max.ts";
export { mean, variance } from "./reduce/mean.ts";
export { sum } from "./reduce/sum.ts";
export { broadcastTo } from "./shape/broadcast.ts";
export { cast } from "./shape/cast.ts";
export { cat, stack } from "./shape/cat.ts";
export { pad } from "./shape/pad.ts";
export { flatten, reshape, squeeze, unsqueeze } from "./shape/reshape.ts";
export { chunk, flip, slice, split } from "./shape/slice.ts";
export { permute, transpose } from "./shape/transpose.ts";
