import { readFileSync } from "node:fs";
import { nn, type Tensor, tensor } from "atrous";
import type { FloatDType } from "../../src/core/dtype.ts";
import { distance, TOLERANCE } from "../oracle/closeness.ts";

/** `[shape, base64 of little-endian float64]`, as layers.py writes arrays. */
export type Encoded = readonly [shape: readonly number[], base64: string];

interface Configuration {
  readonly layer: string;
  readonly arguments: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
  /** Arrays beside those declared, as `solve` of layers.py names them. */
  readonly [array: string]: unknown;
}

type Named = readonly (readonly [name: string, value: Encoded])[];

/** One layer with PyTorch's answers. */
export interface LayerCase extends Configuration {
  readonly training: boolean;
  readonly repr: string | null;
  readonly parameters: Readonly<Record<string, Encoded>>;
  readonly batches: readonly Encoded[];
  readonly state: Named;
}

export interface WeightNormCase extends Configuration {
  readonly dim: number | null;
  readonly weight: Encoded;
  readonly start: Readonly<Record<string, Encoded>>;
  readonly parameters: Named;
  readonly removed: Named;
}

export const {
  cases,
  weightNorm: weightNorms,
  starts,
  reprs,
}: {
  cases: readonly LayerCase[];
  weightNorm: readonly WeightNormCase[];
  starts: { seed: number; arrays: readonly Encoded[]; lazy: string; lazyTransposed: string };
  reprs: Readonly<Record<"lazy" | "lazyTransposed" | "sequential", string>>;
} = JSON.parse(readFileSync(new URL("../oracle/layers.json", import.meta.url), "utf8"));

export function decode([shape, base64]: Encoded, dtype: FloatDType = "float64", requiresGrad = false): Tensor {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return tensor(new Float64Array(bytes.buffer), { shape, dtype, requiresGrad });
}

/** A sentence when a tensor is not PyTorch's, in shape or numbers; `undefined` when it is. */
export function disagreement(name: string, actual: Tensor, expected: unknown): string | undefined {
  const [shape] = expected as Encoded;
  if (String(actual.shape) !== String(shape)) return `${name}: shape [${actual.shape}], PyTorch has [${shape}]`;
  const wanted = decode(expected as Encoded).dataSync();
  const error = distance(actual.dataSync(), wanted);
  if (error <= TOLERANCE[actual.dtype as FloatDType]) return undefined;
  return `${name}: off by ${error}\n  ours    ${actual.dataSync().join(" ")}\n  PyTorch ${wanted.join(" ")}`;
}

/** `nn[name]` over whatever arguments a fixture has. */
export function construct(name: string, args: readonly unknown[], options: object): nn.Module {
  const Layer = (nn as unknown as Record<string, new (...args: unknown[]) => nn.Module>)[name]!;
  return new Layer(...args, ...(Object.keys(options).length > 0 ? [options] : []));
}

const WITH_DTYPE = [
  "Linear",
  "BatchNorm1d",
  "GroupNorm",
  "LayerNorm",
  "ChannelNorm",
  "InstanceNorm1d",
  "Conv1d",
  "ConvTranspose1d",
];

/** The layer of a case, in `dtype`, with its parameters loaded. */
export function layerOf(given: LayerCase, dtype: FloatDType): nn.Module {
  const formula = given.layer === "LayerNorm without bias";
  const name = formula ? "LayerNorm" : given.layer;
  const options = { ...given.options, ...(formula && { bias: false }), ...(WITH_DTYPE.includes(name) && { dtype }) };
  const args = name === "ChannelNorm" ? (given.arguments[0] as unknown[]) : given.arguments;
  const layer = construct(name, args, options);
  layer.loadStateDict(new Map(Object.entries(given.parameters).map(([key, value]) => [key, decode(value, dtype)])), {
    strict: false,
  });
  return layer;
}
