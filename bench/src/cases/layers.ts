import { conv1d, convTranspose1d } from "../layers.ts";
import type { Layer, Shape } from "../network.ts";
import type { Case } from "./case.ts";

const wide = "Wide convolutions";
const thin = "Strided, thin, grouped";
const transposed = "Transposed convolutions";
const live = "Blocks of a few samples";

/** Single layers as they occur in vocoders, codecs, speech encoders, denoisers and temporal convolutional networks. */
export const layerCases: readonly Case[] = [
  convolution(wide, "256→256 K11 d5, L 2048", [1, 256, 2048], () => conv1d(256, 256, 11, { dilation: 5, padding: 25 })),
  convolution(wide, "128→128 K7 d3, L 16384", [1, 128, 16384], () => conv1d(128, 128, 7, { dilation: 3, padding: 9 })),
  convolution(wide, "64→64 K3, N 32, L 400", [32, 64, 400], () => conv1d(64, 64, 3, { padding: 1 })),
  convolution(wide, "32→32 K3, L 65536", [1, 32, 65536], () => conv1d(32, 32, 3, { padding: 1 })),
  convolution(wide, "512→1024 K1, L 500", [1, 512, 500], () => conv1d(512, 1024, 1)),
  convolution(thin, "512→512 K3 stride 2, L 4000", [1, 512, 4000], () => conv1d(512, 512, 3, { stride: 2 })),
  convolution(thin, "1→512 K10 stride 5, L 80000", [1, 1, 80000], () => conv1d(1, 512, 10, { stride: 5 })),
  convolution(thin, "32→1 K7, L 65536", [1, 32, 65536], () => conv1d(32, 1, 7, { padding: 3 })),
  convolution(thin, "depthwise 512 K31, L 500", [1, 512, 500], () =>
    conv1d(512, 512, 31, { groups: 512, padding: 15 }),
  ),
  convolution(thin, "768 K128 groups 16, L 250", [1, 768, 250], () =>
    conv1d(768, 768, 128, { groups: 16, padding: 64 }),
  ),
  upsampling(transposed, "512→256 K16 stride 8, L 256", [1, 512, 256], () =>
    convTranspose1d(512, 256, 16, { stride: 8, padding: 4 }),
  ),
  upsampling(transposed, "128→64 K4 stride 2, L 16384", [1, 128, 16384], () =>
    convTranspose1d(128, 64, 4, { stride: 2, padding: 1 }),
  ),
  convolution(live, "64→64 K3, 1 sample", [1, 64, 3], () => conv1d(64, 64, 3)),
  convolution(live, "64→64 K3, 4 samples", [1, 64, 6], () => conv1d(64, 64, 3)),
  convolution(live, "64→64 K3, 16 samples", [1, 64, 18], () => conv1d(64, 64, 3)),
];

function convolution(group: string, name: string, input: Shape, make: () => Layer): Case {
  const network: Case["network"] = () => {
    const layer = make();
    return (operations, x) => operations.conv1d(x, layer);
  };
  return { group, name, input, network };
}

function upsampling(group: string, name: string, input: Shape, make: () => Layer): Case {
  const network: Case["network"] = () => {
    const layer = make();
    return (operations, x) => operations.convTranspose1d(x, layer);
  };
  return { group, name, input, network };
}
