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
  // e^x − 1 = tanh(x/2) · (e^x + 1), which keeps the digits of a small x.
  expm1: over((site) => ({ emitter }, x) => {
    const { dtype } = first(site);
    const half = emitter.node("Tanh", [emitter.node("Mul", [x!, emitter.number(0.5, dtype)])]);
    return emitter.node("Mul", [half, emitter.node("Add", [emitter.node("Exp", [x!]), emitter.number(1, dtype)])]);
  }),
  log: as("Log"),
  // Near 0, with u = 1 + x as rounded: log u · x / (u − 1), and x itself where u is 1. Source: Goldberg 1991, "What every computer scientist
  // should know about floating-point arithmetic", theorem 4.
  log1p: over((site) => ({ emitter }, x) => {
    const one = emitter.number(1, first(site).dtype);
    const u = emitter.node("Add", [x!, one]);
    const ratio = emitter.node("Div", [x!, emitter.node("Sub", [u, one])]);
    const curve = emitter.node("Mul", [emitter.node("Log", [u]), ratio]);
    const near = emitter.node("Where", [emitter.node("Equal", [u, one]), x!, curve]);
    const isNear = emitter.node("Less", [emitter.node("Abs", [x!]), emitter.number(0.5, first(site).dtype)]);
    return emitter.node("Where", [isNear, near, emitter.node("Log", [u])]);
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
