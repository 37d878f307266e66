import { defaultDevice, init, jit, lax, nn, numpy as np, tree, valueAndGrad } from "@jax-js/jax";
import { type Layer, type Operations, remembered } from "../network.ts";
import type { Engine } from "./engine.ts";

/** jax-js on its WebAssembly device, the whole network under `jit`. */
export async function jaxJs(): Promise<Engine> {
  await startJax();
  return {
    name: "jax-js",
    layout: "NCL",
    prepare: (network, input) => () => {
      const apply = jit((x: np.Array) => network(operations(), x));
      return {
        run: (x) => apply(np.array(x, { shape: [...input] })).dataSync() as Float32Array,
        release: () => apply.dispose(),
      };
    },
    train,
  };
}

async function startJax(): Promise<void> {
  // It asks `navigator` what it runs on; Node has one from 21.
  if (typeof navigator === "undefined") Object.assign(globalThis, { navigator: { userAgent: "Node.js" } });
  await init("wasm");
  defaultDevice("wasm");
}

type Parameters = { weight: np.Array; bias: np.Array }[];

const train: NonNullable<Engine["train"]> = (layers, input, learningRate) => {
  const shape = [...input];
  const loss = (parameters: Parameters, x: np.Array, target: np.Array): np.Array => {
    const y = layers.reduce((value, { padding, dilation }, index) => {
      const { weight, bias } = parameters[index]!;
      const signal = index ? nn.relu(value) : value;
      return lax
        .convGeneralDilated(signal, weight, [1], [[padding, padding]], { rhsDilation: [dilation] })
        .add(bias.reshape([1, -1, 1]));
    }, x);
    return np.mean(np.square(y.sub(target)));
  };
  const step = jit((parameters: Parameters, x: np.Array, target: np.Array): [np.Array, Parameters] => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(parameters), x, target);
    return [value, tree.map((p: np.Array, g: np.Array) => p.sub(g.mul(learningRate)), parameters, gradients)];
  });
  let parameters: Parameters = layers.map(({ weight, weightShape, bias }) => ({
    weight: np.array(weight, { shape: [...weightShape] }),
    bias: np.array(bias),
  }));
  return {
    step(x, target) {
      const [value, updated] = step(parameters, np.array(x, { shape }), np.array(target, { shape }));
      parameters = updated;
      return value.item();
    },
    parameters: () =>
      parameters.flatMap(({ weight, bias }) => [weight, bias].map((each) => each.ref.dataSync() as Float32Array)),
    release: () => step.dispose(),
  };
};

/** An operation consumes what it is given, unless it is given a new reference. */
function operations(): Operations<np.Array> {
  const weight = remembered(({ weight, weightShape }: Layer) => np.array(weight, { shape: [...weightShape] }));
  const bias = remembered(({ bias, outChannels }: Layer) => np.array(bias, { shape: [1, outChannels, 1] }));
  return {
    conv1d(x, layer) {
      const { stride, padding, dilation, groups } = layer;
      const options = { rhsDilation: [dilation], featureGroupCount: groups };
      return lax
        .convGeneralDilated(x.ref, weight(layer).ref, [stride], [[padding, padding]], options)
        .add(bias(layer).ref);
    },
    convTranspose1d(x, layer) {
      const { stride, padding, dilation } = layer;
      const options = { rhsDilation: [dilation], transposeKernel: true };
      return lax.convTranspose(x.ref, weight(layer).ref, [stride], [[padding, padding]], options).add(bias(layer).ref);
    },
    relu: (x) => nn.relu(x.ref),
    leakyRelu: (x, slope) => nn.leakyRelu(x.ref, slope),
    tanh: (x) => np.tanh(x.ref),
    add: (x, y) => x.ref.add(y.ref),
    scale: (x, factor) => x.ref.mul(factor),
  };
}
