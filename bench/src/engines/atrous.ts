import { compile, F, nn, noGrad, optim, type Tensor, tensor } from "../../../dist/index.js";
import { type Layer, type Operations, remembered } from "../network.ts";
import type { Engine } from "./engine.ts";

/** atrous as it is meant to be used: a compiled network; layers and an optimizer for training. */
export function atrousCompiled(): Engine {
  return {
    name: "atrous",
    layout: "NCL",
    prepare(network, input) {
      const operations = moduleOperations();
      return () => {
        const run = compile((x) => network(operations, x), input);
        const { again } = run;
        return { run, ...(again && { runKernels: again }), release() {} };
      };
    },
    train,
  };
}

/** The same network, its graph built anew at every call. */
export function atrousEager(): Engine {
  return {
    name: "eager",
    layout: "NCL",
    prepare(network, shape) {
      const operations = moduleOperations();
      const run = (x: Float32Array): Float32Array =>
        noGrad(() => network(operations, tensor(x, { shape: [...shape] })).dataSync() as Float32Array);
      return () => ({ run, release() {} });
    },
  };
}

const train: NonNullable<Engine["train"]> = (layers, input, learningRate) => {
  const modules = layers.map(conv1dOf);
  const network = new nn.Sequential(
    ...modules.flatMap((module, index) => (index ? [new nn.ReLU(), module] : [module])),
  );
  const optimizer = new optim.SGD(network.parameters(), { lr: learningRate });
  const shape = [...input];
  return {
    step(x, target) {
      const loss = F.mseLoss(network.forward(tensor(x, { shape })), tensor(target, { shape }));
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      return loss.item();
    },
    parameters: () => network.parameters().map((parameter) => Float32Array.from(parameter.dataSync() as Float32Array)),
    release() {},
  };
};

/** The operations as layers of atrous. */
export function moduleOperations(): Operations<Tensor> {
  const conv1d = remembered(conv1dOf);
  const convTranspose1d = remembered(convTranspose1dOf);
  return {
    conv1d: (x, layer) => conv1d(layer).forward(x),
    convTranspose1d: (x, layer) => convTranspose1d(layer).forward(x),
    relu: (x) => F.relu(x),
    leakyRelu: (x, slope) => F.leakyRelu(x, slope),
    tanh: (x) => x.tanh(),
    add: (x, y) => x.add(y),
    scale: (x, factor) => x.mul(factor),
  };
}

function conv1dOf(layer: Layer): nn.Conv1d {
  const { inChannels, outChannels, kernelSize, stride, dilation, groups, padding } = layer;
  return withWeights(new nn.Conv1d(inChannels, outChannels, kernelSize, { stride, dilation, groups, padding }), layer);
}

function convTranspose1dOf(layer: Layer): nn.ConvTranspose1d {
  const { inChannels, outChannels, kernelSize, stride, dilation, groups, padding } = layer;
  return withWeights(
    new nn.ConvTranspose1d(inChannels, outChannels, kernelSize, { stride, dilation, groups, padding }),
    layer,
  );
}

function withWeights<M extends nn.Conv1d | nn.ConvTranspose1d>(module: M, layer: Layer): M {
  const weight = tensor(layer.weight, { shape: [...layer.weightShape] });
  module.loadStateDict(
    new Map([
      ["weight", weight],
      ["bias", tensor(layer.bias)],
    ]),
  );
  return module;
}
