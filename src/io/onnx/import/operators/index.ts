/** The operators that are read, by name; whatever is not here is refused. */
import type { Operators } from "../operator.ts";
import { activations } from "./activations.ts";
import { arithmetic } from "./arithmetic.ts";
import { assembly } from "./assembly.ts";
import { attention } from "./attention.ts";
import { blocks } from "./blocks.ts";
import { bounds } from "./bounds.ts";
import { constants } from "./constants.ts";
import { convolution } from "./convolution.ts";
import { einsum } from "./einsum.ts";
import { hyperbolic } from "./hyperbolic.ts";
import { linear } from "./linear.ts";
import { logic } from "./logic.ts";
import { normalisation } from "./normalisation.ts";
import { padding } from "./padding.ts";
import { points } from "./points.ts";
import { pooling } from "./pooling.ts";
import { recurrent } from "./recurrent.ts";
import { reduction } from "./reduction.ts";
import { resampling } from "./resampling.ts";
import { sequences } from "./sequences.ts";
import { shapes } from "./shapes.ts";
import { slices } from "./slices.ts";
import { types } from "./types.ts";

export const operators: Operators = {
  ...activations,
  ...arithmetic,
  ...assembly,
  ...attention,
  ...blocks,
  ...bounds,
  ...constants,
  ...hyperbolic,
  ...logic,
  ...points,
  ...sequences,
  ...shapes,
  ...slices,
  ...types,
  ...convolution,
  ...einsum,
  ...linear,
  ...normalisation,
  ...padding,
  ...pooling,
  ...recurrent,
  ...reduction,
  ...resampling,
};
