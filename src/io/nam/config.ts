/** The `config` of a WaveNet in a .nam file, as data. Source: neural-amp-modeler, `export_config` of nam/models/wavenet/_layer_array.py. */
import type { NamActivation } from "./activations.ts";
import type { FilmName, NamGatingMode } from "./architecture.ts";

/** A modulation: the condition, through a convolution of one tap, gives a factor and, with `shift`, a summand for every channel. */
export interface NamFilmConfig {
  readonly active: boolean;
  /** Default true. */
  readonly shift?: boolean;
  /** Default 1. */
  readonly groups?: number;
}

/** One array of layers, in the words of .nam files. What is not given has the default of those. */
export interface NamLayerArrayConfig extends Readonly<Partial<Record<FilmName, NamFilmConfig | false>>> {
  /** Channels that come in: 1 for the first array, `channels` of the one before for others. */
  readonly input_size: number;
  /** Channels of what every layer hears, which is the signal: 1. */
  readonly condition_size?: number;
  readonly channels: number;
  /** Channels between a layer's convolutions; default `channels`. */
  readonly bottleneck?: number;
  /** One for all layers; or `kernel_sizes`, one for each. */
  readonly kernel_size?: number;
  readonly kernel_sizes?: readonly number[];
  /** One for each layer. */
  readonly dilations: readonly number[];
  readonly activation: NamActivation | readonly NamActivation[];
  /** The older way to say `gating_mode: "gated"`. */
  readonly gated?: boolean;
  readonly gating_mode?: NamGatingMode | readonly NamGatingMode[];
  /** The activation of the half that gates or blends; default `"Sigmoid"`. */
  readonly secondary_activation?: NamActivation | null | readonly (NamActivation | null)[];
  /** What the array adds up passes through a convolution to `out_channels`. */
  readonly head?: { readonly out_channels: number; readonly kernel_size: number; readonly bias: boolean };
  /** The older way to say `head`, with one tap. */
  readonly head_size?: number;
  readonly head_bias?: boolean;
  readonly groups_input?: number;
  readonly groups_input_mixin?: number;
  readonly layer1x1?: { readonly active: boolean; readonly groups?: number };
  readonly head1x1?: { readonly active: boolean; readonly out_channels?: number; readonly groups?: number };
  readonly slimmable?: null;
}

/** What comes after the arrays: an activation and a convolution for each of `kernel_sizes`. */
export interface NamHeadConfig {
  /** Channels in between. */
  readonly channels: number;
  readonly out_channels: number;
  readonly kernel_sizes: readonly number[];
  readonly activation: NamActivation;
}

/** The `config` of a WaveNet in a .nam file. */
export interface NamConfig {
  readonly layers: readonly NamLayerArrayConfig[];
  readonly head?: NamHeadConfig | null;
  readonly head_scale: number;
}
