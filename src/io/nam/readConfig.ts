/**
 * Reads the `config` of a WaveNet. Source: NeuralAmpModelerCore, `parse_config_json` of NAM/wavenet/model.cpp. Where that differs from
 * what the trainer computes, nothing is guessed: the model is refused.
 */
import type { Fail } from "../bytes/fail.ts";
import { readActivation } from "./activations.ts";
import {
  type Architecture,
  type ArrayShape,
  type ConvolutionShape,
  convolution,
  type HeadShape,
  receptiveField,
} from "./architecture.ts";
import { Fields } from "./fields.ts";
import { MOST_LAYERS, readLayers } from "./readLayers.ts";

/** Six minutes at 48 kHz, where published models see 4093 and 6347 samples. */
const LONGEST_FIELD = 2 ** 24;

/**
 * @param value a Map of JSON, or a `NamConfig`
 * @throws through `fail` for what is wrong, and for what is not known
 */
export function readConfig(value: unknown, fail: Fail): Architecture {
  const fields = new Fields(value, "config", fail);
  const arrays: ArrayShape[] = [];
  for (const [i, array] of fields.list("layers").entries()) arrays.push(readArray(array, i, arrays.at(-1), fail));
  if (arrays.length === 0) fail("config.layers is empty");
  const count = arrays.reduce((sum, { layers }) => sum + layers.length, 0);
  if (count > MOST_LAYERS) fail(`config.layers has ${count} layers in all, more than ${MOST_LAYERS}`);
  const headScale = Math.fround(fields.number("head_scale"));
  const last = arrays.at(-1)!.headRechannel.outChannels;
  const head = fields.value("head") === undefined ? null : readHead(fields.object("head"), last, fail);
  if (fields.value("condition_dsp") !== undefined)
    fail("config.condition_dsp, a model that makes the condition, is not read here");
  if (fields.count("in_channels", 1) !== 1) fail("config.in_channels must be 1, for one signal");
  fields.end();
  const architecture = { arrays, head, headScale };
  const field = receptiveField(architecture);
  if (field > LONGEST_FIELD) fail(`the layers see ${field} samples, more than ${LONGEST_FIELD}`);
  return architecture;
}

function readArray(value: unknown, index: number, before: ArrayShape | undefined, fail: Fail): ArrayShape {
  const where = `config.layers[${index}]`;
  const fields = new Fields(value, where, fail);
  const [inputSize, channels] = [fields.count("input_size"), fields.count("channels")];
  const expected = before?.rechannel.outChannels ?? 1;
  if (inputSize !== expected)
    fail(
      `${where}.input_size is ${inputSize}, but ${expected} ${before ? "channels come from the array before" : "signal comes in"}`,
    );
  const conditionSize = fields.count("condition_size", 1);
  if (conditionSize !== 1) fail(`${where}.condition_size is ${conditionSize}, but the condition is the signal alone`);
  const bottleneck = fields.count("bottleneck", channels);
  const layers = readLayers(fields, { where, channels, conditionSize, bottleneck }, fail);
  const summed = layers[0]!.head1x1?.outChannels ?? bottleneck;
  const given = before?.headRechannel.outChannels;
  if (given !== undefined && given !== summed)
    fail(`${where} adds up ${summed} channels for the head, but ${given} come from the head of the array before`);
  const headRechannel = readHeadRechannel(fields, summed, fail);
  if (fields.value("slimmable") !== undefined)
    fail(`${where}.slimmable, of models with several widths, is not read here`);
  fields.end();
  return { rechannel: convolution(where, [inputSize, channels], { bias: false }, fail), layers, headRechannel };
}

function readHeadRechannel(fields: Fields, channels: number, fail: Fail): ConvolutionShape {
  if (fields.value("head") === undefined) {
    const shape = [channels, fields.count("head_size")] as const;
    return convolution(fields.path("head_size"), shape, { bias: fields.boolean("head_bias") }, fail);
  }
  const head = fields.object("head");
  const shape = [channels, head.count("out_channels"), head.count("kernel_size")] as const;
  const bias = head.boolean("bias");
  head.end();
  return convolution(fields.path("head"), shape, { bias }, fail);
}

function readHead(fields: Fields, inChannels: number, fail: Fail): HeadShape {
  const [channels, outChannels] = [fields.count("channels"), fields.count("out_channels")];
  if (fields.count("in_channels", inChannels) !== inChannels)
    fail(`config.head.in_channels is not ${inChannels}, as many as come from the last array`);
  const kernelSizes = fields.counts("kernel_sizes");
  if (kernelSizes.length === 0 || kernelSizes.length > MOST_LAYERS)
    fail(`config.head.kernel_sizes has ${kernelSizes.length} layers, not 1..${MOST_LAYERS}`);
  const convolutions = kernelSizes.map((kernelSize, i) => {
    const to = i === kernelSizes.length - 1 ? outChannels : channels;
    return convolution("config.head", [i === 0 ? inChannels : channels, to, kernelSize], {}, fail);
  });
  const where = "config.head.activation";
  const widths = new Set(convolutions.map((shape) => shape.inChannels));
  const [activation] = Array.from(widths, (width) => readActivation(fields.value("activation"), where, width, fail));
  fields.end();
  return { activation: activation!, channels, convolutions };
}
