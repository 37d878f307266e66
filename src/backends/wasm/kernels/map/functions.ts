import type { ScalarFunction } from "../../../../core/kernels.ts";
import { erf } from "./erf.ts";
import { exp, expm1 } from "./exp.ts";
import { sigmoid, tanh } from "./hyperbolic.ts";
import { log, log1p } from "./log.ts";
import { pow } from "./power.ts";
import type { VectorFunction } from "./scope.ts";
import { simple } from "./simple.ts";
import { cos, sin } from "./trig.ts";

/** Every scalar function of the kernel list on four lanes. */
export const functions: Record<ScalarFunction, VectorFunction> = {
  ...simple,
  exp,
  expm1,
  log,
  log1p,
  sin,
  cos,
  tanh,
  sigmoid,
  erf,
  pow,
};
