/** `optim.lrScheduler`: learning-rate schedules. A table of contents. */
export { CosineAnnealingLR } from "./cosineAnnealingLR.ts";
export { ExponentialLR } from "./exponentialLR.ts";
export { LambdaLR } from "./lambdaLR.ts";
export { LinearLR, type LinearLROptions } from "./linearLR.ts";
export { MultiStepLR } from "./multiStepLR.ts";
export { OneCycleLR, type OneCycleLROptions } from "./oneCycleLR.ts";
export { ReduceLROnPlateau, type ReduceLROnPlateauOptions } from "./reduceLROnPlateau.ts";
export { LRScheduler, type SchedulerOptions, type SchedulerStateDict } from "./scheduler.ts";
export { StepLR } from "./stepLR.ts";
