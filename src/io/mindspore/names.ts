/**
 * MindSpore's names of the parameters of normalising layers, which are `gamma`, `beta`, `moving_mean`, `moving_variance` in
 * `mindspore.nn`, where PyTorch has `weight`, `bias`, `running_mean`, `running_var`. All other names are the same.
 */
import { type Shape, sameShape } from "../../core/shape.ts";

const pairs = [
  ["weight", "gamma"],
  ["bias", "beta"],
  ["running_mean", "moving_mean"],
  ["running_var", "moving_variance"],
] as const;

const toMindSpore: ReadonlyMap<string, string> = new Map(pairs);
const fromMindSpore: ReadonlyMap<string, string> = new Map(pairs.map(([torch, mindSpore]) => [mindSpore, torch]));

/** The parameters of one layer: what their names have after the last dot, and their shapes. */
type Layer = ReadonlyMap<string, Shape>;

/** Normalising layers have running statistics, or a weight and a bias of one shape and nothing else. */
function isNormalising(layer: Layer): boolean {
  if (layer.has("running_mean") && layer.has("running_var")) return true;
  const [weight, bias] = [layer.get("weight"), layer.get("bias")];
  return layer.size === 2 && weight !== undefined && bias !== undefined && sameShape(weight, bias);
}

function isNormalisingInMindSpore(layer: Layer): boolean {
  const statistics = layer.has("moving_mean") && layer.has("moving_variance");
  return (
    statistics || (layer.has("gamma") && ["beta", "moving_mean", "moving_variance"].some((name) => layer.has(name)))
  );
}

/** The layer under other names; as it is where two would have the same. */
function renamed(layer: Layer, names: ReadonlyMap<string, string>): Layer {
  const result = new Map(Array.from(layer, ([leaf, shape]) => [names.get(leaf) ?? leaf, shape]));
  return result.size === layer.size ? result : layer;
}

const asPyTorch = (layer: Layer): Layer => (isNormalisingInMindSpore(layer) ? renamed(layer, fromMindSpore) : layer);
const asMindSpore = (layer: Layer): Layer => (isNormalising(layer) ? renamed(layer, toMindSpore) : layer);

function sameNames(a: Layer, b: Layer): boolean {
  const names = [...b.keys()];
  return [...a.keys()].every((name, i) => name === names[i]);
}

/** PyTorch's name of each of MindSpore's parameters. */
export function namesFromMindSpore(parameters: ReadonlyMap<string, Shape>): Map<string, string> {
  return new Map(layersOf(parameters).flatMap(({ prefix, layer }) => entries(prefix, layer, asPyTorch(layer))));
}

/**
 * MindSpore's name of each parameter: that of `mindspore.nn` where `translate`, otherwise its own. `kept` are those that would come back
 * under another name, such as a `gamma` and a `beta` that are PyTorch's own.
 */
export function namesForMindSpore(
  parameters: ReadonlyMap<string, Shape>,
  translate: boolean,
): {
  readonly names: ReadonlyMap<string, string>;
  readonly kept: ReadonlySet<string>;
} {
  const kept = new Set<string>();
  const names = layersOf(parameters).flatMap(({ prefix, layer }) => {
    const written = translate ? asMindSpore(layer) : layer;
    if (sameNames(asPyTorch(written), layer)) return entries(prefix, layer, written);
    for (const leaf of layer.keys()) kept.add(prefix + leaf);
    return entries(prefix, layer, layer);
  });
  return { names: new Map(names), kept };
}

function layersOf(parameters: ReadonlyMap<string, Shape>): { prefix: string; layer: Map<string, Shape> }[] {
  const layers = new Map<string, Map<string, Shape>>();
  for (const [name, shape] of parameters) {
    const end = name.lastIndexOf(".") + 1;
    const prefix = name.slice(0, end);
    const layer = layers.get(prefix) ?? new Map<string, Shape>();
    layers.set(prefix, layer.set(name.slice(end), shape));
  }
  return Array.from(layers, ([prefix, layer]) => ({ prefix, layer }));
}

/** Pairs of full names, from the one layer to the other. */
function entries(prefix: string, from: Layer, to: Layer): [string, string][] {
  const leaves = [...to.keys()];
  return Array.from(from.keys(), (leaf, i) => [prefix + leaf, prefix + leaves[i]!]);
}
