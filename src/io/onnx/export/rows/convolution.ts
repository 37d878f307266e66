/** The kernels of convolution, with the bias that follows them. */
import type { DType } from "../../../../core/dtype.ts";
import { effectiveKernelSize } from "../../../../core/geometry.ts";
import { same } from "../../../../core/padding/same.ts";
import type { ConvAttributes } from "../../../../ops/convolution/kernels.ts";
import type { OnnxAttribute } from "../../proto/index.ts";
import { isConstant, type Numbers } from "../lengths.ts";
import { refuse } from "../refuse.ts";
import { type Emission, each, first, lengthsOf, opName, type Row, type Rows, settled, type Writing } from "../row.ts";
import type { Site } from "../sites.ts";

export const convolution: Rows = {
  conv1d: (site) => convolved(site, null),
  conv1dInput: (site) => transposed(site, null),
  conv1dWeight: () =>
    refuse("the network computes the gradient of a convolution's weight, for which ONNX has no operator"),
};

/** The sum of a convolution and a constant for each of its channels: its bias. */
export const biased: Row = (site) => {
  const [a, b] = site.inputs as [Site, Site];
  const [sum, bias] = a.constant ? [b, a] : [a, b];
  if (sum.constant || !bias.constant) return null;
  const name = opName(sum);
  if (name !== "conv1d" && name !== "conv1dInput") return null;
  const [channels, ...rest] = first(bias).shape.slice(-2);
  const isBias =
    bias.nodes.every(({ shape }) => shape.slice(0, -2).every((length) => length === 1) && shape.length >= 2) &&
    channels === first(sum).shape[1] &&
    rest.every((length) => length === 1);
  if (!isBias) return null;
  return name === "conv1d" ? convolved(sum, bias) : transposed(sum, bias);
};

const attributesOf = (site: Site): ConvAttributes =>
  settled<ConvAttributes>(site, "kernelSize", "stride", "dilation", "groups");

const windowAttributes = ({ kernelSize, stride, dilation, groups }: ConvAttributes): Record<string, OnnxAttribute> => ({
  kernel_shape: { ints: [kernelSize] },
  strides: { ints: [stride] },
  dilations: { ints: [dilation] },
  group: { int: groups },
});

/** The weight, and the bias if there is one, as inputs of a node. */
const withBias = ({ constants }: Writing, bias: Site | null, names: readonly string[]): string[] =>
  bias ? [...names, constants.write(bias, "bias", [first(bias).shape.at(-2)!])] : [...names];

function convolved(site: Site, bias: Site | null): Emission {
  const geometry = attributesOf(site);
  return {
    inputs: site.inputs,
    write: (writing, x, weight) =>
      writing.emitter.node(
        "Conv",
        withBias(writing, bias, [x!, weight!]),
        { ...windowAttributes(geometry), ...padsOf(site) },
        "conv",
      ),
  };
}

/**
 * How much a convolution pads, as constants if that gives all lengths what they have. `padAfter` is not always known: any amount will do that
 * makes as many windows.
 */
function padsOf(site: Site): Record<string, OnnxAttribute> {
  const { kernelSize, dilation, stride } = attributesOf(site);
  const span = effectiveKernelSize(kernelSize, dilation);
  const before = each<ConvAttributes>(site, ({ padBefore }) => padBefore);
  const [lengths, counts] = [lengthsOf(site.inputs[0]!, 2), lengthsOf(site, 2)];
  const needed = counts.map((count, i) => (count - 1) * stride + span - lengths[i]! - before[i]!);
  const declared = each<ConvAttributes>(site, ({ padAfter }) => padAfter ?? Number.NaN);
  const after = isConstant(declared) ? declared[0]! : Math.max(0, ...needed);
  const fits = counts.every((count, i) => Math.floor((lengths[i]! + before[i]! + after - span) / stride) + 1 === count);
  if (isConstant(before) && fits) return { pads: { ints: [before[0]!, after] } };
  for (const [name, upper] of [
    ["SAME_UPPER", true],
    ["SAME_LOWER", false],
  ] as const) {
    // onnxruntime knows no dilation there.
    if (dilation !== 1) break;
    const isSame = lengths.every((length, i) => {
      const [less, more] = same({ effectiveKernelSize: span, stride }, length);
      return before[i] === (upper ? less : more) && counts[i] === Math.ceil(length / stride);
    });
    if (isSame) return { auto_pad: { string: name } };
  }
  return refuse(
    "a convolution pads by an amount that depends on the length, and not by the rule of SAME without dilation; dynamic: false fixes all lengths",
  );
}

function transposed(site: Site, bias: Site | null): Emission {
  const geometry = attributesOf(site);
  const { kernelSize, dilation, stride } = geometry;
  const span = effectiveKernelSize(kernelSize, dilation);
  const before = each<ConvAttributes>(site, ({ padBefore }) => padBefore);
  if (!isConstant(before)) return refuse("a transposed convolution crops by an amount that depends on the length");
  const [lengths, wanted] = [lengthsOf(site.inputs[0]!, 2), lengthsOf(site, 2)];
  /** What the output has beyond what the kernel writes. */
  const more = wanted.map((length, i) => length - ((lengths[i]! - 1) * stride + span - before[0]!));
  return {
    inputs: site.inputs,
    write: (writing, x, weight) => {
      const { emitter } = writing;
      const node = (inputs: readonly string[], after: number, outputPadding: number): string => {
        const attributes = {
          ...windowAttributes(geometry),
          pads: { ints: [before[0]!, after] },
          ...(outputPadding > 0 && { output_padding: { ints: [outputPadding] } }),
        };
        return emitter.node("ConvTranspose", inputs, attributes, "conv_transpose");
      };
      const most = Math.max(...more);
      // onnxruntime takes an output padding below the stride only; PyTorch also one below the dilation.
      if (isConstant(more) && most < stride)
        return node(withBias(writing, bias, [x!, weight!]), Math.max(-most, 0), Math.max(most, 0));
      // The zeros that are added come before the bias, and what a length has too many is cut off.
      const whole = node([x!, weight!], Math.max(-most, 0), 0);
      const longer = most > 0 ? padded(writing, whole, most, first(site).dtype) : whole;
      const y = isConstant(more) ? longer : cropped(writing, longer, wanted);
      if (!bias) return y;
      return emitter.node("Add", [y, writing.constants.write(bias, "bias", first(bias).shape.slice(-2))]);
    },
  };
}

const padded = ({ emitter }: Writing, x: string, after: number, dtype: DType): string =>
  emitter.node("Pad", [x, emitter.integers([0, 0, 0, 0, 0, after]), emitter.number(0, dtype)]);

const cropped = ({ emitter }: Writing, x: string, length: Numbers): string =>
  emitter.node("Slice", [
    x,
    emitter.integers([0]),
    emitter.integersOf([length], "the length of a transposed convolution"),
    emitter.integers([2]),
  ]);
