import { StreamError } from "../../core/errors.ts";

/** Why something cannot be computed block by block, in words that stand for themselves: who asked is named by who catches it. */
export class Obstacle extends StreamError {}
