import { conv1d, convTranspose1d } from "../layers.ts";
import type { Layer, Network, Operations } from "../network.ts";

const upsamplings = [
  { kernelSize: 16, stride: 8, padding: 4 },
  { kernelSize: 16, stride: 8, padding: 4 },
  { kernelSize: 4, stride: 2, padding: 1 },
  { kernelSize: 4, stride: 2, padding: 1 },
];
const kernelSizes = [3, 7, 11];
const dilations = [1, 3, 5];

/**
 * The generator of HiFi-GAN V1 (jik876/hifi-gan, models.py and config_v1.json): 80 mel bands in, audio at 256 times the rate out.
 * Weight normalisation is folded, as for inference.
 */
export function hifiGan(): Network {
  const before = conv1d(80, 512, 7, { padding: 3 });
  const stages = upsamplings.map(({ kernelSize, stride, padding }, stage) => {
    const channels = 512 >> (stage + 1);
    const up = convTranspose1d(2 * channels, channels, kernelSize, { stride, padding });
    return { up, blocks: kernelSizes.map((size) => dilations.map((dilation) => residual(channels, size, dilation))) };
  });
  const after = conv1d(32, 1, 7, { padding: 3 });
  return <T>(operations: Operations<T>, mel: T): T => {
    let x = operations.conv1d(mel, before);
    for (const { up, blocks } of stages) {
      x = operations.convTranspose1d(operations.leakyRelu(x, 0.1), up);
      const sum = blocks
        .map((block) => block.reduce((y, pair) => applyResidual(operations, y, pair), x))
        .reduce((a, b) => operations.add(a, b));
      x = operations.scale(sum, 1 / blocks.length);
    }
    return operations.tanh(operations.conv1d(operations.leakyRelu(x, 0.01), after));
  };
}

type Pair = readonly [dilated: Layer, plain: Layer];

function residual(channels: number, kernelSize: number, dilation: number): Pair {
  return [
    conv1d(channels, channels, kernelSize, { dilation, padding: (dilation * (kernelSize - 1)) / 2 }),
    conv1d(channels, channels, kernelSize, { padding: (kernelSize - 1) / 2 }),
  ];
}

function applyResidual<T>(operations: Operations<T>, x: T, [dilated, plain]: Pair): T {
  const inner = operations.conv1d(operations.leakyRelu(x, 0.1), dilated);
  return operations.add(operations.conv1d(operations.leakyRelu(inner, 0.1), plain), x);
}
