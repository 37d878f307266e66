/** Functions of scalars. */
import { ONNX_TYPES } from "../emitter.ts";
import { first, over, type Row, type Rows } from "../row.ts";

/** A node of the same meaning over the same inputs. */
const as = (opType: string): Row =>
  over(
    () =>
      ({ emitter }, ...names) =>
        emitter.node(opType, names),
  );

/** A comparison: a truth value, and the same as 0 and 1. */
const comparison = (opType: string): Row =>
  over((site) => ({ emitter, truths }, ...names) => {
    const truth = emitter.node(opType, names);
    const number = emitter.node("Cast", [truth], { to: { int: ONNX_TYPES[first(site).dtype] } });
    truths.set(number, truth);
    return number;
  });

export const elementwise: Rows = {
  add: as("Add"),
  sub: as("Sub"),
  mul: as("Mul"),
  div: as("Div"),
  pow: as("Pow"),
  maximum: as("Max"),
  minimum: as("Min"),
  equal: comparison("Equal"),
  less: comparison("Less"),
  neg: as("Neg"),
  exp: as("Exp"),
  expm1: over((site) => ({ emitter }, x) => {
    return emitter.node("Sub", [emitter.node("Exp", [x!]), emitter.number(1, first(site).dtype)]);
  }),
  log: as("Log"),
  log1p: over((site) => ({ emitter }, x) => {
    return emitter.node("Log", [emitter.node("Add", [x!, emitter.number(1, first(site).dtype)])]);
  }),
  sqrt: as("Sqrt"),
  abs: as("Abs"),
  sign: as("Sign"),
  sin: as("Sin"),
  cos: as("Cos"),
  tanh: as("Tanh"),
  sigmoid: as("Sigmoid"),
  relu: as("Relu"),
  erf: as("Erf"),
  floor: as("Floor"),
  round: as("Round"),
  select: over(() => ({ emitter, truths }, condition, a, b) => {
    const truth = truths.get(condition!) ?? emitter.node("Cast", [condition!], { to: { int: ONNX_TYPES.bool } });
    return emitter.node("Where", [truth, a!, b!]);
  }),
  cast: over((site) => ({ emitter, truths }, x) => {
    const to = { to: { int: ONNX_TYPES[first(site).dtype] } };
    return emitter.node("Cast", [truths.get(x!) ?? x!], to);
  }),
  detach: over(() => (_writing, x) => x!),
};
