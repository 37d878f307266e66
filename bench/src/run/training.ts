import type { TrainingCase } from "../cases/index.ts";
import { count } from "../count.ts";
import type { Engine, Trainer } from "../engines/index.ts";
import type { Layer, Shape } from "../network.ts";
import { randomNumbers } from "../random.ts";
import type { Row } from "../results.ts";
import { checkSame } from "./compare.ts";
import { exchangeAxes } from "./layout.ts";
import { type Measured, type Measurement, measure } from "./measure.ts";
import { leftOut } from "./progress.ts";

/** So high that a few steps move the parameters by far more than their rounding. */
const learningRate = 0.5;
const stepsCompared = 2;

interface Runner extends Measured {
  readonly name: string;
  readonly trainer: Trainer;
}

/** Trains on every engine that can; what the first steps changed is compared before anything is timed. */
export async function runTraining(each: TrainingCase, engines: readonly Engine[], how: Measurement): Promise<Row> {
  const { name, input } = each;
  const layers = each.layers();
  const size = input.reduce((a, b) => a * b);
  const x = randomNumbers(2)(size, 1);
  const target = randomNumbers(3)(size, 1);
  const runners: Runner[] = [];
  const failed: string[] = [];
  let expected: Float32Array | undefined;
  for (const engine of engines) {
    try {
      const trainer = await engine.train?.(layers, input, learningRate);
      if (!trainer) continue;
      const own = (array: Float32Array) => (engine.layout === "NCL" ? array : exchangeAxes(array, input));
      const [ownX, ownTarget] = [own(x), own(target)];
      const call = () => trainer.step(ownX, ownTarget);
      let start = 0;
      for (let step = 0; step < stepsCompared; step++) {
        start = how.clock();
        await call();
      }
      const checked = how.clock() - start;
      const moved = changes(await trainer.parameters(), layers);
      expected ??= moved;
      checkSame(moved, expected);
      runners.push({ name: engine.name, trainer, call, checked });
    } catch (error) {
      if (leftOut(engine.name, error)) failed.push(engine.name);
    }
  }
  const timings = await measure(runners, how);
  for (const { trainer } of runners) await trainer.release();
  return {
    group: "Training",
    name,
    multiplyAdds: multiplyAddsOf(layers, input) / 1e9,
    timings: Object.fromEntries(runners.map((runner, index) => [runner.name, timings[index]!])),
    failed,
  };
}

/** What training has added to the weights and biases, one after another. */
function changes(parameters: readonly Float32Array[], layers: readonly Layer[]): Float32Array {
  const before = layers.flatMap(({ weight, bias }) => [weight, bias]);
  return Float32Array.from(parameters.flatMap((array, p) => Array.from(array, (value, i) => value - before[p]![i]!)));
}

/** Forward, gradients of weights and of inputs; the first layer's input needs none. */
function multiplyAddsOf(layers: readonly Layer[], input: Shape): number {
  const forward = layers.map((layer) => count((operations, x) => operations.conv1d(x, layer), input).multiplyAdds);
  return 3 * forward.reduce((a, b) => a + b) - forward[0]!;
}
