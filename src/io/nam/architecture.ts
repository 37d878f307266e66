/** What a WaveNet of NAM is made of, resolved: every layer by itself, every convolution with its numbers. */
import { show } from "../../core/options.ts";
import type { Fail } from "../bytes/fail.ts";
import type { Activation } from "./activations.ts";

/** How the second half of a layer's channels works on the first: not at all, as a factor, or as a blend with what was not activated. */
export type NamGatingMode = "none" | "gated" | "blended";

/** Where a layer can be modulated, in the order of the weights. */
export const FILMS = [
  "conv_pre_film",
  "conv_post_film",
  "input_mixin_pre_film",
  "input_mixin_post_film",
  "activation_pre_film",
  "activation_post_film",
  "layer1x1_post_film",
  "head1x1_post_film",
] as const;
export type FilmName = (typeof FILMS)[number];

export interface ConvolutionShape {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: number;
  readonly dilation: number;
  readonly groups: number;
  readonly bias: boolean;
}

export interface FilmShape {
  readonly shift: boolean;
  readonly convolution: ConvolutionShape;
}

export interface LayerShape {
  readonly bottleneck: number;
  readonly gating: NamGatingMode;
  readonly activation: Activation;
  /** Of the second half of the channels; `null` without gating. */
  readonly secondary: Activation | null;
  readonly conv: ConvolutionShape;
  readonly mixer: ConvolutionShape;
  readonly layer1x1: ConvolutionShape;
  readonly head1x1: ConvolutionShape | null;
  readonly films: ReadonlyMap<FilmName, FilmShape>;
}

export interface ArrayShape {
  readonly rechannel: ConvolutionShape;
  readonly layers: readonly LayerShape[];
  readonly headRechannel: ConvolutionShape;
}

export interface HeadShape {
  readonly activation: Activation;
  /** Hidden channels, which a head of one layer has in its configuration only. */
  readonly channels: number;
  readonly convolutions: readonly ConvolutionShape[];
}

export interface Architecture {
  readonly arrays: readonly ArrayShape[];
  readonly head: HeadShape | null;
  readonly headScale: number;
}

/** @throws through `fail` where the groups do not divide the channels */
export function convolution(
  where: string,
  [inChannels, outChannels, kernelSize = 1]: readonly [number, number, number?],
  { dilation = 1, groups = 1, bias = true }: { dilation?: number; groups?: number; bias?: boolean },
  fail: Fail,
): ConvolutionShape {
  for (const channels of [inChannels, outChannels])
    if (channels % groups !== 0) fail(`${where}: ${show(channels)} channels cannot be split into ${groups} groups`);
  return { inChannels, outChannels, kernelSize, dilation, groups, bias };
}

const ofLayer = ({ conv, mixer, layer1x1, head1x1, films }: LayerShape): ConvolutionShape[] => [
  conv,
  mixer,
  layer1x1,
  ...(head1x1 ? [head1x1] : []),
  ...Array.from(films.values(), (film) => film.convolution),
];

const numbersOf = ({ inChannels, outChannels, kernelSize, groups, bias }: ConvolutionShape): number =>
  outChannels * ((inChannels / groups) * kernelSize + (bias ? 1 : 0));

const total = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

/** How many numbers a file has for it: the weights and biases of all convolutions, and the head's scale. */
export function weightCount({ arrays, head }: Architecture): number {
  const convolutions = arrays.flatMap(({ rechannel, layers, headRechannel }) => [
    rechannel,
    ...layers.flatMap(ofLayer),
    headRechannel,
  ]);
  return total([...convolutions, ...(head?.convolutions ?? [])].map(numbersOf)) + 1;
}

/** Samples that one sample of the output depends on. */
export function receptiveField({ arrays, head }: Architecture): number {
  const deep = arrays.flatMap(({ layers, headRechannel }) => [...layers.map(({ conv }) => conv), headRechannel]);
  return (
    1 + total([...deep, ...(head?.convolutions ?? [])].map(({ kernelSize, dilation }) => (kernelSize - 1) * dilation))
  );
}
