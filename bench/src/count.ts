import type { Network, Operations, Shape } from "./network.ts";

/** What a network makes of a shape, and the multiply-adds that takes, activations not counted. */
export function count(network: Network, input: Shape): { output: Shape; multiplyAdds: number } {
  let multiplyAdds = 0;
  const same = (shape: Shape): Shape => shape;
  const shapes: Operations<Shape> = {
    conv1d([batch, , length], layer) {
      const { kernelSize, stride, dilation, padding, outChannels, weight } = layer;
      const outLength = Math.floor((length + 2 * padding - dilation * (kernelSize - 1) - 1) / stride) + 1;
      multiplyAdds += batch * weight.length * outLength;
      return [batch, outChannels, outLength];
    },
    convTranspose1d([batch, , length], layer) {
      const { kernelSize, stride, dilation, padding, outChannels, weight } = layer;
      multiplyAdds += batch * weight.length * length;
      return [batch, outChannels, (length - 1) * stride - 2 * padding + dilation * (kernelSize - 1) + 1];
    },
    relu: same,
    leakyRelu: same,
    tanh: same,
    add: same,
    scale: same,
  };
  return { output: network(shapes, input), multiplyAdds };
}
