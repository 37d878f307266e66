/** Reads the layers of one array; see readConfig.ts. */
import { show } from "../../core/options.ts";
import type { Fail } from "../bytes/fail.ts";
import { type Activation, readActivation } from "./activations.ts";
import {
  type ConvolutionShape,
  convolution,
  FILMS,
  type FilmName,
  type FilmShape,
  type LayerShape,
  type NamGatingMode,
} from "./architecture.ts";
import type { Fields } from "./fields.ts";

/** Published models have 20 to 30. Each takes some kilobytes of memory, whatever little it takes of the file. */
export const MOST_LAYERS = 1000;

interface Sizes {
  readonly where: string;
  readonly channels: number;
  readonly conditionSize: number;
  readonly bottleneck: number;
}

export function readLayers(fields: Fields, sizes: Sizes, fail: Fail): LayerShape[] {
  const { where, channels, conditionSize, bottleneck } = sizes;
  const dilations = fields.counts("dilations");
  const { length } = dilations;
  if (length === 0 || length > MOST_LAYERS) fail(`${where}.dilations has ${length} layers, not 1..${MOST_LAYERS}`);
  const kernelSizes = readKernelSizes(fields, length, fail);
  const modes = readGatingModes(fields, length, fail);
  const activations = fields.perLayer("activation", length);
  const secondaries = fields.perLayer("secondary_activation", length);
  const [groups, mixerGroups] = [fields.count("groups_input", 1), fields.count("groups_input_mixin", 1)];
  const layer1x1 = readLayer1x1(fields, [bottleneck, channels], fail);
  const head1x1 = readHead1x1(fields, [bottleneck, channels], fail);
  // One that all layers have is read once: it may be a thousand layers' slopes.
  const known = new Map<unknown, Activation>();
  const read = (value: unknown, where: string): Activation => {
    const activation = readActivation(value, where, bottleneck, fail);
    known.set(value, activation);
    return activation;
  };
  return dilations.map((dilation, i) => {
    const gating = modes[i]!;
    const between = gating === "none" ? bottleneck : 2 * bottleneck;
    const activation = (name: string, value: unknown): Activation =>
      known.get(value) ?? read(value, `${where}.${name}${length > 1 ? `[${i}]` : ""}`);
    const widths = { channels, conditionSize, between, bottleneck, headChannels: head1x1?.outChannels };
    return {
      bottleneck,
      gating,
      activation: activation("activation", activations[i]),
      secondary: gating === "none" ? null : activation("secondary_activation", secondaries[i] ?? "Sigmoid"),
      conv: convolution(`${where}.groups_input`, [channels, between, kernelSizes[i]!], { dilation, groups }, fail),
      mixer: convolution(
        `${where}.groups_input_mixin`,
        [conditionSize, between],
        { groups: mixerGroups, bias: false },
        fail,
      ),
      layer1x1,
      head1x1,
      films: readFilms(fields, widths, gating, fail),
    };
  });
}

function readKernelSizes(fields: Fields, length: number, fail: Fail): readonly number[] {
  if (fields.value("kernel_sizes") === undefined) return new Array(length).fill(fields.count("kernel_size"));
  if (fields.value("kernel_size") !== undefined)
    fail(`${fields.path("kernel_sizes")} is given, and kernel_size is given, too`);
  const sizes = fields.counts("kernel_sizes");
  return sizes.length === length
    ? sizes
    : fail(`${fields.path("kernel_sizes")} has ${sizes.length} elements for ${length} layers, one per dilation`);
}

function readGatingModes(fields: Fields, length: number, fail: Fail): readonly NamGatingMode[] {
  const gated = fields.boolean("gated", false) ? "gated" : "none";
  return fields.perLayer("gating_mode", length).map((mode) => {
    const value = mode ?? gated;
    if (value === "none" || value === "gated" || value === "blended") return value;
    return fail(`${fields.path("gating_mode")} must be "none", "gated" or "blended", got ${show(value)}`);
  });
}

function readLayer1x1(fields: Fields, [from, to]: readonly [number, number], fail: Fail): ConvolutionShape {
  const where = fields.path("layer1x1");
  if (fields.value("layer1x1") === undefined) return convolution(where, [from, to], {}, fail);
  const layer = fields.object("layer1x1");
  const groups = layer.count("groups", 1);
  // The trainer adds the activated signal itself then, the player nothing.
  if (!layer.boolean("active"))
    fail(`${where} is not active, which the trainer and the players of NAM take differently`);
  layer.end();
  return convolution(where, [from, to], { groups }, fail);
}

/** Files of version 0.6.0 call it `head_1x1`. */
function readHead1x1(fields: Fields, [from, channels]: readonly [number, number], fail: Fail): ConvolutionShape | null {
  const name = fields.nameOf("head1x1", "head_1x1");
  if (fields.value(name) === undefined) return null;
  const head = fields.object(name);
  const [to, groups] = [head.count("out_channels", channels), head.count("groups", 1)];
  const active = head.boolean("active");
  head.end();
  return active ? convolution(fields.path(name), [from, to], { groups }, fail) : null;
}

interface Widths {
  readonly channels: number;
  readonly conditionSize: number;
  readonly between: number;
  readonly bottleneck: number;
  readonly headChannels: number | undefined;
}

function readFilms(fields: Fields, widths: Widths, gating: NamGatingMode, fail: Fail): Map<FilmName, FilmShape> {
  const { channels, conditionSize, between, bottleneck, headChannels } = widths;
  const modulated: Readonly<Record<FilmName, number | undefined>> = {
    conv_pre_film: channels,
    conv_post_film: between,
    input_mixin_pre_film: conditionSize,
    input_mixin_post_film: between,
    activation_pre_film: between,
    activation_post_film: bottleneck,
    layer1x1_post_film: channels,
    head1x1_post_film: headChannels,
  };
  const films = new Map<FilmName, FilmShape>();
  for (const name of FILMS) {
    const value = fields.value(name);
    if (value === undefined || value === false) continue;
    const film = fields.object(name);
    const [active, shift, groups] = [
      film.boolean("active", true),
      film.boolean("shift", true),
      film.count("groups", 1),
    ];
    film.end();
    if (!active) continue;
    const where = fields.path(name);
    const width = modulated[name] ?? fail(`${where} is active, but head1x1 is not`);
    if (name === "layer1x1_post_film" && gating !== "blended")
      fail(`${where} is active, which players of NAM leave out unless the layer is "blended"`);
    films.set(name, {
      shift,
      convolution: convolution(where, [conditionSize, shift ? 2 * width : width], { groups }, fail),
    });
  }
  return films;
}
