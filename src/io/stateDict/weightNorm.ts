import { allocate, type TypedArray } from "../../core/dtype.ts";
import { makeLeaf, type Tensor } from "../../graph/tensor.ts";
import { numbersOf } from "../bytes/named.ts";

/** A weight that is two tensors in the file: lengths g and directions v. */
interface Pair {
  readonly name: string;
  readonly g: string;
  readonly v: string;
}

const NEW = /^(.*\.|)parametrizations\.([^.]+)\.original0$/;
/** Of a parameter called `weight…` or `bias…`, `weight_hh_l0` for instance. */
const OLD = /^((?:.*\.|)(?:weight|bias)[^.]*)_g$/;

function pairOf(g: string): Pair | undefined {
  const [, path, parameter] = NEW.exec(g) ?? [];
  if (parameter !== undefined) return { name: `${path}${parameter}`, g, v: g.replace(/0$/, "1") };
  const [, name] = OLD.exec(g) ?? [];
  return name === undefined ? undefined : { name, g, v: `${name}_v` };
}

/**
 * The tensors with every weight that a weight norm of PyTorch has taken apart put together again, in its place: `weight_g`, `weight_v` of
 * `nn.utils.weight_norm`, and `parametrizations.weight.original0`, `original1` of the newer one. Pairs whose shapes do not fit each other
 * are something else, and stay.
 */
export function foldedWeightNorm(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const pairs = Array.from(tensors.keys()).flatMap((key) => pairOf(key) ?? []);
  const folded = pairs.filter(({ name, g, v }) => !tensors.has(name) && belong(tensors.get(g)!, tensors.get(v)));
  const weights = new Map(folded.map((pair) => [pair.g, pair]));
  const gone = new Set(folded.map(({ v }) => v));
  const result = new Map<string, Tensor>();
  for (const [key, tensor] of tensors) {
    const pair = weights.get(key);
    if (pair) result.set(pair.name, product(tensor, tensors.get(pair.v)!));
    else if (!gone.has(key)) result.set(key, tensor);
  }
  return result;
}

/** Whether g has one length for every slice of v along one axis, or one for the whole. */
function belong(g: Tensor, v: Tensor | undefined): boolean {
  if (!v || g.dtype !== v.dtype || (v.dtype !== "float32" && v.dtype !== "float64")) return false;
  if (g.rank === 0) return true;
  if (g.rank !== v.rank || g.shape.filter((length) => length !== 1).length > 1) return false;
  const same = g.shape.map((length, axis) => length === v.shape[axis]);
  return same.includes(true) && g.shape.every((length, axis) => length === 1 || same[axis]);
}

/**
 * `v · (g / ‖v‖)`, with the norm over all axes but the one that g has. The norm is summed in doubles; quotient and product are rounded
 * as PyTorch rounds them.
 */
function product(g: Tensor, v: Tensor): Tensor {
  const axis = g.shape.findIndex((length) => length !== 1);
  const count = axis < 0 ? 1 : g.shape[axis]!;
  const inner = axis < 0 ? v.size : v.shape.slice(axis + 1).reduce((size, length) => size * length, 1);
  const [lengths, directions] = [numbersOf(g), numbersOf(v)] as [Float32Array, Float32Array];
  const sliceOf = (i: number): number => Math.floor(i / inner) % count;
  const squares = new Float64Array(count);
  for (let i = 0; i < directions.length; i++) squares[sliceOf(i)]! += directions[i]! ** 2;
  const ratios = allocate(v.dtype, count) as TypedArray;
  for (let i = 0; i < count; i++) {
    const norm = Math.sqrt(squares[i]!);
    ratios[i] = lengths[i]! / (v.dtype === "float32" ? Math.fround(norm) : norm);
  }
  const weight = allocate(v.dtype, v.size) as Float32Array;
  for (let i = 0; i < weight.length; i++) weight[i] = directions[i]! * (ratios as Float32Array)[sliceOf(i)]!;
  return makeLeaf(weight, v.shape, v.dtype);
}
