import type { Case } from "../cases/index.ts";
import { count } from "../count.ts";
import type { Engine, Prepared } from "../engines/index.ts";
import type { Shape } from "../network.ts";
import { randomNumbers } from "../random.ts";
import type { Row } from "../results.ts";
import { checkSame } from "./compare.ts";
import { exchangeAxes } from "./layout.ts";
import { type Measured, type Measurement, measure } from "./measure.ts";
import { leftOut } from "./progress.ts";

interface Runner extends Measured {
  readonly name: string;
  readonly prepared: Prepared;
}

/** Runs a case on every engine that can; the results are compared before anything is timed. */
export async function runInference(each: Case, engines: readonly Engine[], how: Measurement): Promise<Row> {
  const { group, name, input, eager, minutes } = each;
  const network = each.network();
  const { output, multiplyAdds } = count(network, input);
  const x = randomNumbers(2)(
    input.reduce((a, b) => a * b),
    1,
  );
  const runners: Runner[] = [];
  const failed: string[] = [];
  let expected: Float32Array | undefined;
  for (const engine of engines) {
    if ((engine.name === "eager" && !eager) || minutes?.includes(engine.name)) continue;
    try {
      const prepared = await engine.prepare?.(network, input)();
      if (!prepared) continue;
      const own = engine.layout === "NCL" ? x : exchangeAxes(x, input);
      const call = () => prepared.run(own);
      const start = how.clock();
      const result = await call();
      const checked = how.clock() - start;
      const y = toNCL(engine, result, output);
      expected ??= y;
      checkSame(y, expected);
      runners.push({ name: engine.name, prepared, call, checked });
    } catch (error) {
      if (leftOut(engine.name, error)) failed.push(engine.name);
    }
  }
  const { runKernels } = runners[0]?.name === "atrous" ? runners[0].prepared : {};
  const alone = runKernels ? [{ call: runKernels, checked: 0 }] : [];
  const timings = await measure([...runners, ...alone], how);
  for (const { prepared } of runners) await prepared.release();
  return {
    group,
    name,
    multiplyAdds: multiplyAdds / 1e9,
    timings: Object.fromEntries(runners.map((runner, index) => [runner.name, timings[index]!])),
    failed,
    ...(minutes && { minutes }),
    ...(runKernels && { kernels: timings.at(-1)! }),
  };
}

/** A copy in the common layout. */
function toNCL(engine: Engine, y: Float32Array, [batch, channels, length]: Shape): Float32Array {
  return engine.layout === "NCL" ? y.slice() : exchangeAxes(y, [batch, length, channels]);
}
