/** `nn`: layers. A table of contents. */
export { Conv1d } from "./convolution/conv1d.ts";
export { ConvTranspose1d } from "./convolution/convTranspose1d.ts";
export * as init from "./init.ts";
export { Module } from "./module.ts";
export { Sequential } from "./sequential.ts";
