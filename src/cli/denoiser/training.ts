import { checkInteger, checkOptions } from "../../core/options.ts";
import { clipGradNorm } from "../../nn/utils/index.ts";
import { Adam } from "../../optim/index.ts";
import { defaults } from "./defaults.ts";
import { noiseToSignal } from "./loss.ts";
import type { Pair } from "./pairs.ts";
import type { WaveUNet } from "./waveUNet.ts";

export interface TrainingProgress {
  /** Steps taken. */
  readonly step: number;
  readonly steps: number;
  /** Of this step, in dB. */
  readonly loss: number;
  /** Estimated from the pace so far. */
  readonly secondsLeft: number;
}

export interface TrainingOptions {
  readonly net: WaveUNet;
  readonly pairs: Iterator<Pair>;
  readonly steps: number;
  /** Seconds after which training ends, its learning rate having fallen all the way. Default: none, and `steps` alone rule. */
  readonly timeLimit?: number;
  readonly learningRate: number;
  readonly onStep?: (progress: TrainingProgress) => void;
  /** Seconds of a clock that never goes back; default `performance.now`. */
  readonly now?: () => number;
}

/**
 * Trains a denoiser in place and returns the loss of every step, in dB.
 *
 * The learning rate follows the way made, which is `step / steps` or, where a slow machine would not get there in time,
 * `elapsed / timeLimit`. As long as the steps rule, the same net and pairs give the same bits.
 */
export function trainDenoiser(options: TrainingOptions): number[] {
  checkOptions("trainDenoiser", options, ["net", "pairs", "steps", "timeLimit", "learningRate", "onStep", "now"]);
  const { net, pairs, timeLimit = Number.POSITIVE_INFINITY, learningRate, onStep } = options;
  const { now = () => performance.now() / 1000 } = options;
  const steps = checkInteger("trainDenoiser", "steps", options.steps, 0);
  const filterbank = [net.analysis.weight, net.synthesis.weight];
  const rest = net.parameters().filter((parameter) => !filterbank.includes(parameter));
  const optimizer = new Adam([{ params: rest }, { params: filterbank }], { betas: [0.9, 0.99] });
  const [main, slow] = optimizer.paramGroups;
  net.train();
  const losses: number[] = [];
  const begun = now();
  let elapsed = 0;
  for (let step = 0; step < steps && elapsed < timeLimit; step++) {
    main!.lr = learningRate * scheduleAt(step, Math.max(step / steps, elapsed / timeLimit));
    slow!.lr = main!.lr * defaults.filterbankRate;
    const { mixture, clean } = pairs.next().value;
    optimizer.zeroGrad();
    const loss = noiseToSignal(net.forward(mixture), clean);
    loss.backward();
    clipGradNorm(net.parameters(), defaults.clipNorm);
    optimizer.step();
    losses.push(loss.item());
    elapsed = now() - begun;
    const way = Math.max((step + 1) / steps, elapsed / timeLimit);
    onStep?.({ step: step + 1, steps, loss: losses[step]!, secondsLeft: Math.max(0, elapsed / way - elapsed) });
  }
  net.eval();
  return losses;
}

/** The share of the learning rate at a step, `way` = 0 … 1 into training: a short climb, then half a cosine down. */
export function scheduleAt(step: number, way: number): number {
  const { finalRate, warmUp } = defaults;
  const falling = finalRate + ((1 - finalRate) * (1 + Math.cos(Math.PI * way))) / 2;
  return falling * Math.min(1, (step + 1) / warmUp);
}
