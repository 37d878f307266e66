/**
 * `atrous/mindspore`: MindSpore's classic one-dimensional convolution layers and its initialisers, over the operations and modules
 * of atrous. Their names, defaults, rules and errors are MindSpore's (2.1 to 2.7).
 */
export type { PadMode } from "./checks.ts";
export type { ConvOptions } from "./conv.ts";
export { Conv1d } from "./conv1d.ts";
export { Conv1dTranspose } from "./conv1dTranspose.ts";
export * from "./initializers/index.ts";
