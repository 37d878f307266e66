import { conv1d } from "../layers.ts";
import type { TrainingCase } from "./case.ts";

const channels = 64;
const length = 400;

/** A temporal convolutional network; and one without holes, because TensorFlow.js has no gradients of dilated convolutions. */
export const trainingCases: readonly TrainingCase[] = [
  tcn("5 × 64→64 K3, dilations 1…16, N 32, L 400", 32, [1, 2, 4, 8, 16]),
  tcn("5 × 64→64 K3, dilation 1, N 4, L 400", 4, [1, 1, 1, 1, 1]),
];

function tcn(name: string, batch: number, dilations: readonly number[]): TrainingCase {
  const layers = () => dilations.map((dilation) => conv1d(channels, channels, 3, { dilation, padding: dilation }));
  return { name, input: [batch, channels, length], layers };
}
