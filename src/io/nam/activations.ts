/**
 * The activations of NAM, by the names in its files.
 *
 * Source: NeuralAmpModelerCore, NAM/activations.h, from whose defaults those of the trainer (PyTorch's) differ in places. The trainer
 * writes every setting.
 */
import { show } from "../../core/options.ts";
import type { Tensor } from "../../graph/tensor.ts";
import { hardswish, hardtanh, softsign } from "../../ops/activations/bounded.ts";
import { leakyRelu, prelu } from "../../ops/activations/rectifiers.ts";
import { silu } from "../../ops/activations/smooth.ts";
import { tensor } from "../../ops/create.ts";
import { add, div, mul, sub } from "../../ops/elementwise/binary.ts";
import { abs, relu, sigmoid, tanh } from "../../ops/elementwise/unary.ts";
import type { Fail } from "../bytes/fail.ts";
import { checkNumber, Fields } from "./fields.ts";

/** A name, `"Tanh"`, or a name with settings, `{ type: "LeakyReLU", negative_slope: 0.01 }`, as in .nam files. */
export type NamActivation =
  | string
  | {
      readonly type: string;
      readonly negative_slope?: number;
      readonly negative_slopes?: readonly number[];
      readonly min_val?: number;
      readonly max_val?: number;
      readonly min_slope?: number;
      readonly max_slope?: number;
      readonly alpha?: number;
    };

export interface Activation {
  /** As it is written: a name alone, where there is nothing to set. */
  readonly config: NamActivation;
  readonly forward: (x: Tensor) => Tensor;
}

type Read = (settings: Fields, channels: number, fail: Fail) => Activation;

const plain =
  (type: string, forward: (x: Tensor) => Tensor): Read =>
  () => ({ config: type, forward });

/** With settings that the trainer knows and the player does not, which must therefore be what the player takes for granted. */
const fixed =
  (type: string, forward: (x: Tensor) => Tensor, settings: Readonly<Record<string, number>>): Read =>
  (fields, _channels, fail) => {
    for (const [name, expected] of Object.entries(settings)) {
      const value = fields.number(name, expected);
      if (value !== expected) fail(`${fields.path(name)} is ${value}, but players of NAM take it for ${expected}`);
    }
    return { config: type, forward };
  };

const leaky: Read = (fields) => {
  const slope = fields.number("negative_slope", 0.01);
  return { config: { type: "LeakyReLU", negative_slope: slope }, forward: (x) => leakyRelu(x, slope) };
};

/** The slopes are part of the activation here, not weights, as in the files; they are not trained. */
const perChannel: Read = (fields, channels, fail) => {
  if (fields.value("negative_slopes") === undefined) {
    const slope = fields.number("negative_slope", 0.01);
    return { config: { type: "PReLU", negative_slope: slope }, forward: (x) => leakyRelu(x, slope) };
  }
  const where = fields.path("negative_slopes");
  const slopes = fields.list("negative_slopes").map((slope, i) => checkNumber(slope, `${where}[${i}]`, fail));
  if (slopes.length !== channels) fail(`${where} has ${slopes.length} slopes for ${channels} channels`);
  const weight = tensor(slopes);
  return { config: { type: "PReLU", negative_slopes: slopes }, forward: (x) => prelu(x, weight) };
};

const leakyHardtanh: Read = (fields, _channels, fail) => {
  const [low, high] = [fields.number("min_val", -1), fields.number("max_val", 1)];
  const [below, above] = [fields.number("min_slope", 0.01), fields.number("max_slope", 0.01)];
  if (!(low < high)) fail(`${fields.path("min_val")} is ${low}, which is not below max_val, ${high}`);
  const config = { type: "LeakyHardtanh", min_val: low, max_val: high, min_slope: below, max_slope: above };
  const forward = (x: Tensor): Tensor =>
    sub(add(hardtanh(x, low, high), mul(relu(sub(x, high)), above)), mul(relu(sub(low, x)), below));
  return { config, forward };
};

/** The player's approximation, which models that name it were trained with: up to 4.4e-4 away from tanh. */
function fastTanh(x: Tensor): Tensor {
  const size = abs(x);
  const square = mul(x, x);
  const slope = add(
    add(mul(size, 2.45550750702956), 2.45550750702956),
    mul(square, add(mul(size, 0.821226666969744), 0.893229853513558)),
  );
  const bend = abs(add(x, mul(mul(x, size), 0.814642734961073)));
  return div(mul(x, slope), add(mul(add(square, 2.44506634652299), bend), 2.44506634652299));
}

const known: ReadonlyMap<string, Read> = new Map([
  ["Tanh", plain("Tanh", tanh)],
  ["Fasttanh", plain("Fasttanh", fastTanh)],
  ["Hardtanh", fixed("Hardtanh", (x) => hardtanh(x), { min_val: -1, max_val: 1 })],
  ["LeakyHardtanh", leakyHardtanh],
  ["LeakyHardTanh", leakyHardtanh],
  ["ReLU", plain("ReLU", relu)],
  ["LeakyReLU", leaky],
  ["PReLU", perChannel],
  ["Sigmoid", plain("Sigmoid", sigmoid)],
  ["SiLU", plain("SiLU", silu)],
  ["Hardswish", plain("Hardswish", hardswish)],
  ["Softsign", fixed("Softsign", softsign, { alpha: 1 })],
]);

/** @throws through `fail` for an activation or a setting that is not known, also for slopes that are not one per channel */
export function readActivation(value: unknown, where: string, channels: number, fail: Fail): Activation {
  const fields = new Fields(typeof value === "string" ? { type: value } : value, where, fail);
  const type = fields.text("type");
  const read = known.get(type);
  if (!read)
    return fail(`${where} is ${show(type)}, which is not known here; known are ${[...known.keys()].join(", ")}`);
  const activation = read(fields, channels, fail);
  fields.end();
  return activation;
}
