/** Normalisations, with the statistics of the file or of the signal. */
import { sameShape, showShape } from "../../../../core/shape.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { add, div, equal, mul } from "../../../../ops/elementwise/binary.ts";
import { abs, sqrt } from "../../../../ops/elementwise/unary.ts";
import { batchNorm } from "../../../../ops/normalisation/batchNorm.ts";
import { groupNorm } from "../../../../ops/normalisation/groupNorm.ts";
import { instanceNorm } from "../../../../ops/normalisation/instanceNorm.ts";
import { layerNorm } from "../../../../ops/normalisation/layerNorm.ts";
import { standardise } from "../../../../ops/normalisation/standardise.ts";
import { mean } from "../../../../ops/reduce/mean.ts";
import { sum } from "../../../../ops/reduce/sum.ts";
import { broadcastTo } from "../../../../ops/shape/broadcast.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import type { Call } from "../call.ts";
import { IN_TRAINING } from "../inTraining.ts";
import type { Operators } from "../operator.ts";

const epsilonOf = (call: Call): number => call.float("epsilon", 1e-5);

export const normalisation: Operators = {
  BatchNormalization: {
    statistics: [3, 4],
    build: (call) => {
      const [x, weight, bias] = [call.tensor(0), call.tensor(1), call.tensor(2)];
      if (call.integer("training_mode", 0) !== 0)
        call.fail(`it normalises by the statistics of the batch (training_mode is 1); ${IN_TRAINING}`);
      // Before 14 nothing else told training.
      if (call.opset < 14 && call.node.outputs.slice(1).some((name) => name !== ""))
        call.fail(`it also makes statistics of the batch, by which it normalises; ${IN_TRAINING}`);
      if (call.integer("spatial", 1) !== 1)
        call.fail("it has statistics for every sample (spatial is 0); only those of channels are read");
      if (x.rank !== 2 && x.rank !== 3)
        call.fail(`its input is (N, C) or (N, C, L) here, but has shape ${showShape(x.shape)}`);
      return batchNorm(x, call.tensor(3), call.tensor(4), { weight, bias, eps: epsilonOf(call) });
    },
  },
  InstanceNormalization: {
    build: (call) => {
      const x = signalOf(call);
      const options = { weight: call.tensor(1), bias: call.tensor(2), eps: epsilonOf(call) };
      // As in training, the other refuses signals of one sample, of which the bias is left here.
      if (x.rank === 3 && x.shape[2] !== 1) return instanceNorm(x, options);
      return groupNorm(x, x.shape[1]!, options);
    },
  },
  GroupNormalization: {
    build: (call) => {
      const x = signalOf(call);
      const channels = x.shape[1]!;
      const groups = call.integer("num_groups") ?? call.fail("it says no num_groups");
      if (groups < 1 || channels % groups !== 0)
        call.fail(`${channels} channels are not cut into ${groups} groups of one size`);
      // Until 21 there was one number per group.
      const perChannel = (given: Tensor): Tensor =>
        call.opset < 21 && given.shape[0] === groups
          ? reshape(broadcastTo(reshape(given, [groups, 1]), [groups, channels / groups]), [channels])
          : given;
      const [weight, bias] = [perChannel(call.tensor(1)), perChannel(call.tensor(2))];
      return groupNorm(x, groups, { weight, bias, eps: epsilonOf(call) });
    },
  },
  LayerNormalization: {
    build: (call) => {
      const [x, weight, bias] = [call.tensor(0), call.tensor(1), call.optionalTensor(2)];
      const shape = x.shape.slice(call.axis(call.integer("axis", -1), x.rank));
      const eps = epsilonOf(call);
      const isWhole = sameShape(weight.shape, shape) && (!bias || sameShape(bias.shape, shape));
      if (isWhole) return layerNorm(x, shape, { weight, bias, eps });
      const scaled = mul(layerNorm(x, shape, { eps }), weight);
      const y = bias ? add(scaled, bias) : scaled;
      if (!sameShape(y.shape, x.shape))
        call.fail(`its scale ${showShape(weight.shape)} or bias does not broadcast to ${showShape(x.shape)}`);
      return y;
    },
  },
  RMSNormalization: {
    build: (call) => {
      const [x, weight] = [call.tensor(0), call.tensor(1)];
      const first = call.axis(call.integer("axis", -1), x.rank);
      const axes = x.shape.flatMap((_, axis) => (axis < first ? [] : [axis]));
      const y = mul(div(x, sqrt(add(mean(mul(x, x), axes, { keepDim: true }), epsilonOf(call)))), weight);
      if (!sameShape(y.shape, x.shape))
        call.fail(`its scale ${showShape(weight.shape)} does not broadcast to ${showShape(x.shape)}`);
      return y;
    },
  },
  LpNormalization: {
    build: (call) => {
      const x = call.tensor(0);
      const axis = call.axis(call.integer("axis", -1), x.rank);
      const p = call.integer("p", 2);
      if (p !== 1 && p !== 2) call.fail(`p ${p} is neither 1 nor 2`);
      const total = sum(p === 1 ? abs(x) : mul(x, x), axis, { keepDim: true });
      const norm = p === 1 ? total : sqrt(total);
      // What is 0 everywhere stays so.
      return div(x, add(norm, equal(norm, 0)));
    },
  },
  MeanVarianceNormalization: {
    build: (call) => {
      const x = call.tensor(0);
      const axes = (call.integers("axes") ?? [0, 2, 3]).map((axis) => call.axis(axis, x.rank));
      // The function that ONNX gives divides by √variance + 1e-9, which is the same up to rounding for all that is not constant.
      return standardise(x, axes, 1e-18).y;
    },
  },
};

function signalOf(call: Call): Tensor {
  const x = call.tensor(0);
  return x.rank >= 3 ? x : call.fail(`its input should be (N, C, L), but has shape ${showShape(x.shape)}`);
}
