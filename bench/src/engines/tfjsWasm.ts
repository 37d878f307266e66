import { fileURLToPath } from "node:url";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { type Layer, type Operations, remembered, Unsupported } from "../network.ts";
import type { Engine } from "./engine.ts";

/** TensorFlow.js on its WebAssembly backend (XNNPACK). Signals are NLC, as images one pixel high: (N, 1, L, C). */
export function tfjsWasm(): Engine {
  setWasmPaths(fileURLToPath(new URL("./", import.meta.resolve("@tensorflow/tfjs-backend-wasm"))));
  setThreadsCount(1);
  return {
    name: "tfjs-wasm",
    layout: "NLC",
    prepare:
      (network, [batch, channels, length]) =>
      async () => {
        await tf.setBackend("wasm");
        const weights: tf.Tensor[] = [];
        const operations = imageOperations((tensor) => {
          weights.push(tensor);
          return tf.keep(tensor);
        });
        return {
          run(x) {
            // Read outside of `tidy`, which searches what it returns for tensors, number by number.
            const y = tf.tidy(() => network(operations, tf.tensor4d(x, [batch, 1, length, channels])));
            const result = y.dataSync();
            y.dispose();
            return result as Float32Array;
          },
          release: () => tf.dispose(weights),
        };
      },
  };
}

function imageOperations(keep: <T extends tf.Tensor>(tensor: T) => T): Operations<tf.Tensor4D> {
  const bias = remembered((layer: Layer) => keep(tf.tensor1d(layer.bias)));
  const filter = remembered(({ weight, weightShape: [out, inputs, taps] }: Layer) =>
    keep(tf.tidy(() => tf.transpose(tf.tensor4d(weight, [1, out, inputs, taps]), [0, 3, 2, 1]))),
  );
  const depthwiseFilter = remembered(({ weight, weightShape: [out, , taps] }: Layer) =>
    keep(tf.tidy(() => tf.transpose(tf.tensor4d(weight, [1, out, taps, 1]), [0, 2, 1, 3]))),
  );
  return {
    conv1d(x, layer) {
      const { inChannels, outChannels, groups, stride, dilation } = layer;
      if (stride > 1 && dilation > 1) throw new Unsupported("stride and dilation together");
      const options = {
        x,
        strides: [1, stride] as [number, number],
        dilations: [1, dilation] as [number, number],
        pad: paddingName(layer),
        bias: bias(layer),
      };
      if (groups === 1) return tf.fused.conv2d({ ...options, filter: filter(layer) });
      if (groups !== inChannels || groups !== outChannels) throw new Unsupported("groups");
      return tf.fused.depthwiseConv2d({ ...options, filter: depthwiseFilter(layer) });
    },
    convTranspose1d(x, layer) {
      const { kernelSize, stride, padding, outChannels, groups, dilation } = layer;
      if (groups > 1 || dilation > 1 || 2 * padding !== kernelSize - stride)
        throw new Unsupported("transposed convolution other than `same`");
      const [batch, , length] = x.shape;
      const shape: [number, number, number, number] = [batch, 1, length * stride, outChannels];
      return tf.add(tf.conv2dTranspose(x, filter(layer), shape, [1, stride], "same"), bias(layer));
    },
    relu: (x) => tf.relu(x),
    leakyRelu: (x, slope) => tf.leakyRelu(x, slope),
    tanh: (x) => tf.tanh(x),
    add: (x, y) => tf.add(x, y),
    scale: (x, factor) => tf.mul(x, factor),
  };
}

function paddingName({ kernelSize, stride, dilation, padding }: Layer): "same" | "valid" {
  if (padding === 0) return "valid";
  if (stride === 1 && 2 * padding === dilation * (kernelSize - 1)) return "same";
  throw new Unsupported("padding other than `same` and `valid`");
}
