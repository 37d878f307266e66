import type { Activation } from "./activations.ts";
import { type Architecture, type ArrayShape, type ConvolutionShape, FILMS, type FilmShape } from "./architecture.ts";
import type { NamConfig, NamFilmConfig, NamLayerArrayConfig } from "./config.ts";

const same = <T>(values: readonly T[]): boolean => values.every((value) => value === values[0]);

/** Whether files of version 0.5 can say it: one kernel size and one activation for all layers of an array, gates that are sigmoids. */
export const isSimple = ({ arrays, head }: Architecture): boolean => head === null && arrays.every(isSimpleArray);

function isSimpleArray({ rechannel, layers, headRechannel }: ArrayShape): boolean {
  return (
    headRechannel.kernelSize === 1 &&
    same(layers.map(({ conv }) => conv.kernelSize)) &&
    same(layers.map(({ activation }) => activation.config)) &&
    same(layers.map(({ gating }) => gating)) &&
    layers.every(
      ({ bottleneck, gating, activation, secondary, conv, mixer, layer1x1, head1x1, films }) =>
        bottleneck === rechannel.outChannels &&
        typeof activation.config === "string" &&
        (gating === "none" || (gating === "gated" && secondary!.config === "Sigmoid")) &&
        [conv, mixer, layer1x1].every(({ groups }) => groups === 1) &&
        head1x1 === null &&
        films.size === 0,
    )
  );
}

/** The `config` of a .nam file: as files of version 0.5 have it (`simple`), or as those of 0.7 do, with everything spelt out. */
export function describe({ arrays, head, headScale }: Architecture, simple: boolean): NamConfig {
  return {
    layers: arrays.map(simple ? describeSimple : describeFully),
    head: head && {
      channels: head.channels,
      out_channels: head.convolutions.at(-1)!.outChannels,
      kernel_sizes: head.convolutions.map(({ kernelSize }) => kernelSize),
      activation: head.activation.config,
    },
    head_scale: headScale,
  };
}

function describeSimple({ rechannel, layers, headRechannel }: ArrayShape): NamLayerArrayConfig {
  const [{ mixer, conv, activation, gating }] = layers as [ArrayShape["layers"][0]];
  return {
    input_size: rechannel.inChannels,
    condition_size: mixer.inChannels,
    head_size: headRechannel.outChannels,
    channels: rechannel.outChannels,
    kernel_size: conv.kernelSize,
    dilations: layers.map(({ conv }) => conv.dilation),
    activation: activation.config,
    gated: gating === "gated",
    head_bias: headRechannel.bias,
  };
}

function describeFully({ rechannel, layers, headRechannel }: ArrayShape): NamLayerArrayConfig {
  const [{ bottleneck, mixer, conv, layer1x1, head1x1, films }] = layers as [ArrayShape["layers"][0]];
  return {
    input_size: rechannel.inChannels,
    condition_size: mixer.inChannels,
    head: {
      out_channels: headRechannel.outChannels,
      kernel_size: headRechannel.kernelSize,
      bias: headRechannel.bias,
    },
    channels: rechannel.outChannels,
    kernel_sizes: layers.map(({ conv }) => conv.kernelSize),
    dilations: layers.map(({ conv }) => conv.dilation),
    activation: layers.map(({ activation }) => settings(activation)),
    bottleneck,
    head1x1: describeHead1x1(head1x1),
    layer1x1: { active: true, groups: layer1x1.groups },
    groups_input: conv.groups,
    groups_input_mixin: mixer.groups,
    ...Object.fromEntries(FILMS.map((name) => [name, describeFilm(films.get(name))])),
    gating_mode: layers.map(({ gating }) => gating),
    secondary_activation: layers.map(({ secondary }) => secondary && settings(secondary)),
  };
}

/** An object in any case, as the trainer writes it. */
const settings = ({ config }: Activation) => (typeof config === "string" ? { type: config } : config);

const describeHead1x1 = (shape: ConvolutionShape | null) =>
  shape
    ? { active: true, out_channels: shape.outChannels, groups: shape.groups }
    : { active: false, out_channels: 1, groups: 1 };

const describeFilm = (film: FilmShape | undefined): NamFilmConfig =>
  film
    ? { active: true, shift: film.shift, groups: film.convolution.groups }
    : { active: false, shift: true, groups: 1 };
