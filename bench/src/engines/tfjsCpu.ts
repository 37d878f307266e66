import * as tf from "@tensorflow/tfjs";
import { type Layer, Unsupported } from "../network.ts";
import type { Engine, Trainer } from "./engine.ts";

/** TensorFlow.js in plain JavaScript: its only backend on CPUs that has gradients of convolutions, and only undilated ones. */
export function tfjsCpu(): Engine {
  return {
    name: "tfjs-cpu",
    layout: "NLC",
    async train(layers, [batch, channels, length], learningRate): Promise<Trainer> {
      if (layers.some(({ dilation }) => dilation > 1)) throw new Unsupported("gradients of dilated convolutions");
      await tf.setBackend("cpu");
      const shape: [number, number, number] = [batch, length, channels];
      const variables = layers.map((layer) => ({
        weight: tf.variable(filterOf(layer)),
        bias: tf.variable(tf.tensor1d(layer.bias)),
      }));
      const optimizer = tf.train.sgd(learningRate);
      const forward = (x: tf.Tensor3D): tf.Tensor3D =>
        variables.reduce(
          (y, { weight, bias }, index) =>
            tf.add(tf.conv1d(index ? tf.relu(y) : y, weight as tf.Tensor3D, 1, "same"), bias),
          x,
        );
      return {
        step(x, target) {
          const loss = optimizer.minimize(
            () => tf.losses.meanSquaredError(tf.tensor3d(target, shape), forward(tf.tensor3d(x, shape))),
            true,
          )!;
          const [value] = loss.dataSync();
          loss.dispose();
          return value!;
        },
        parameters: () =>
          variables.flatMap(({ weight, bias }) => [
            tf.transpose(weight, [2, 1, 0]).dataSync() as Float32Array,
            bias.dataSync().slice() as Float32Array,
          ]),
        release: () => tf.disposeVariables(),
      };
    },
  };
}

/** (kernel, in, out). */
function filterOf({ weight, weightShape: [out, inputs, taps] }: Layer): tf.Tensor3D {
  return tf.transpose(tf.tensor3d(weight, [out, inputs, taps]), [2, 1, 0]);
}
