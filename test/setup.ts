import { manualSeed } from "atrous";
import fc from "fast-check";
import { SEED } from "./setting.ts";

fc.configureGlobal({ seed: SEED });
manualSeed(SEED);
