/** `optim`: optimizers and learning-rate schedules. A table of contents. */
export { Adam, type AdamHyperparameters } from "./adam.ts";
export { AdamW } from "./adamW.ts";
export * as lrScheduler from "./lrScheduler/index.ts";
export { Optimizer } from "./optimizer.ts";
export type { ParamGroup, Trainable } from "./paramGroups.ts";
export { RMSprop, type RMSpropHyperparameters } from "./rmsProp.ts";
export { SGD, type SGDHyperparameters } from "./sgd.ts";
export type { OptimizerGroupDict, OptimizerStateDict } from "./stateDict.ts";
