import type { Case } from "./case.ts";
import { layerCases } from "./layers.ts";
import { networkCases } from "./networks.ts";

export type { Case, TrainingCase } from "./case.ts";
export { networkCases } from "./networks.ts";
export { trainingCases } from "./training.ts";

export const cases: readonly Case[] = [...layerCases, ...networkCases];
