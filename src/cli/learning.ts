import { setImmediate } from "node:timers/promises";
import { defaults } from "./denoiser/defaults.ts";
import type { MaskNetwork } from "./denoiser/maskNetwork.ts";
import type { Pair } from "./denoiser/pairs.ts";
import { trainDenoiser } from "./denoiser/training.ts";
import { startProgress } from "./progress.ts";

/** The training itself, with its progress line; the loss of every step. Ctrl-C ends it between two steps. */
export async function learn(
  net: MaskNetwork,
  pairs: Iterator<Pair>,
  steps: number,
  minutes: number,
): Promise<readonly number[]> {
  const progress = startProgress("training", 1);
  let interrupted = false;
  const interrupt = (): void => {
    interrupted = true;
  };
  process.once("SIGINT", interrupt); // once: a second one ends the process
  const losses: number[] = [];
  // Single steps jump by several dB with what they happen to hear; the line shows where the loss is going.
  let smooth = Number.NaN;
  try {
    const settings = { net, pairs, steps, timeLimit: minutes * 60, learningRate: defaults.learningRate };
    for (const { loss, way } of trainDenoiser(settings)) {
      losses.push(loss);
      smooth = Number.isNaN(smooth) ? loss : smooth + 0.05 * (loss - smooth);
      progress.update(way, `loss ${smooth.toFixed(2)} dB`);
      await setImmediate(); // lets the signal through
      if (interrupted) break;
    }
  } finally {
    process.off("SIGINT", interrupt);
  }
  const who = interrupted ? "you" : "the clock";
  const early = losses.length < steps ? `, stopped by ${who} after ${losses.length} steps` : "";
  progress.finish(`loss ${smooth.toFixed(2)} dB${early}`);
  return losses;
}
