import { OptionError } from "../../core/errors.ts";
import { checkInteger, checkOptions } from "../../core/options.ts";
import { clipGradNorm } from "../../nn/utils/index.ts";
import { Adam } from "../../optim/index.ts";
import { defaults } from "./defaults.ts";
import { noiseToSignal } from "./loss.ts";
import type { MaskNetwork } from "./maskNetwork.ts";
import type { Pair } from "./pairs.ts";

export interface TrainingProgress {
  /** Steps taken. */
  readonly step: number;
  readonly steps: number;
  /** Of this step, in dB. */
  readonly loss: number;
  /** How much of the training is done, 0 … 1: of its steps or, where that is more, of its time. */
  readonly way: number;
}

export interface TrainingOptions {
  readonly net: MaskNetwork;
  readonly pairs: Iterator<Pair>;
  readonly steps: number;
  /** Seconds after which training ends, its learning rate having fallen all the way. Default: none, and `steps` alone rule. */
  readonly timeLimit?: number;
  readonly learningRate: number;
  /** Seconds of a clock that never goes back; default `performance.now`. */
  readonly now?: () => number;
}

/**
 * Trains a denoiser in place, step by step: whoever takes the steps may do something else between them, or stop.
 *
 * The learning rate follows the way made, which is `step / steps` or, where a slow machine would not get there in time,
 * `elapsed / timeLimit`. As long as the steps rule, the same net and pairs give the same bits.
 *
 * @throws OptionError when the loss is no number any more
 */
export function* trainDenoiser(options: TrainingOptions): Generator<TrainingProgress, void, void> {
  checkOptions("trainDenoiser", options, ["net", "pairs", "steps", "timeLimit", "learningRate", "now"]);
  const { net, pairs, timeLimit = Number.POSITIVE_INFINITY, learningRate } = options;
  const { now = () => performance.now() / 1000 } = options;
  const steps = checkInteger("trainDenoiser", "steps", options.steps, 0);
  const optimizer = new Adam(net.parameters(), { betas: [0.9, 0.99] });
  const [group] = optimizer.paramGroups;
  net.train();
  const begun = now();
  let elapsed = 0;
  try {
    for (let step = 0; step < steps && elapsed < timeLimit; step++) {
      group!.lr = learningRate * scheduleAt(step, Math.max(step / steps, elapsed / timeLimit));
      const { mixture, clean } = pairs.next().value;
      optimizer.zeroGrad();
      const distance = noiseToSignal(net.forward(mixture), clean);
      distance.backward();
      clipGradNorm(net.parameters(), defaults.clipNorm);
      const loss = distance.item();
      if (!Number.isFinite(loss)) throw new OptionError(`training: the loss of step ${step + 1} is ${loss}`);
      optimizer.step();
      elapsed = now() - begun;
      yield { step: step + 1, steps, loss, way: Math.min(1, Math.max((step + 1) / steps, elapsed / timeLimit)) };
    }
  } finally {
    net.eval();
  }
}

/** The share of the learning rate at a step, `way` = 0 … 1 into training: a short climb, then half a cosine down. */
export function scheduleAt(step: number, way: number): number {
  const { finalRate, warmUp } = defaults;
  const falling = finalRate + ((1 - finalRate) * (1 + Math.cos(Math.PI * way))) / 2;
  return falling * Math.min(1, (step + 1) / warmUp);
}
