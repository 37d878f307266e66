import { readFileSync } from "node:fs";
import { F, optim, Parameter, type Tensor, tensor } from "atrous";

/** What `test/oracle/optim.py` wrote. */
export interface Array_ {
  shape: number[];
  data: number[];
}
export interface Run {
  optimizer: "SGD" | "Adam" | "AdamW" | "RMSprop";
  options: Record<string, unknown>;
  second: Record<string, unknown> | null;
  losses: number[];
  params: number[][];
  losses32: number[];
  params32: number[][];
  middle?: {
    params: Array_[];
    state_dict: { state: Record<string, Record<string, Array_ | null>>; param_groups: Record<string, unknown>[] };
  };
}
export const fixture: {
  data: Record<"x" | "target" | "weight1" | "bias1" | "weight2" | "bias2", Array_>;
  runs: Run[];
  schedules: { name: string; optimizer: "SGD" | "Adam"; lrs: number[][]; momenta: number[][] }[];
  plateaus: { options: Record<string, unknown>; metrics: number[]; lrs: number[][] }[];
  clipping: {
    grads: Array_[];
    norms: { max_norm: number; norm_type: string; total: number; grads: number[][] }[];
    value: { clip: number; grads: number[][] };
  };
  training: { losses: number[]; norms: number[] };
} = JSON.parse(readFileSync(new URL("../oracle/optim.json", import.meta.url), "utf8"));

type Float = "float32" | "float64";
export const load = ({ shape, data }: Array_, dtype: Float): Tensor => tensor(data, { dtype, shape });

/** The convolution net of the fixture. */
export function makeNet(dtype: Float): { params: Parameter[]; loss: () => Tensor } {
  const { x, target, weight1, bias1, weight2, bias2 } = fixture.data;
  const [input, goal] = [load(x, dtype), load(target, dtype)];
  const params = [weight1, bias1, weight2, bias2].map((given) => new Parameter(load(given, dtype)));
  const [w1, b1, w2, b2] = params as [Parameter, Parameter, Parameter, Parameter];
  return {
    params,
    loss: () => {
      const hidden = F.conv1d(input, w1, b1, { stride: 2, padding: 1 }).tanh();
      return F.convTranspose1d(hidden, w2, b2, { stride: 2, padding: 1 }).sub(goal).pow(2).mean();
    },
  };
}

/** `weight_decay` → `weightDecay` */
export const camel = (options: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name.replace(/_[a-z]/g, ([, c]) => c!.toUpperCase()), value]),
  );

export function makeOptimizer(run: Run, params: Parameter[]): optim.SGD | optim.Adam {
  const even = params.filter((_, i) => i % 2 === 0);
  const odd = params.filter((_, i) => i % 2 === 1);
  const given = run.second ? [{ params: even }, { params: odd, ...camel(run.second) }] : params;
  return new optim[run.optimizer](given as Parameter[], camel(run.options)) as optim.SGD;
}

/** One step of training; the loss before it. */
export function trainStep(net: { loss: () => Tensor }, optimizer: { zeroGrad(): void; step(): void }): number {
  optimizer.zeroGrad();
  const loss = net.loss();
  loss.backward();
  optimizer.step();
  return loss.item();
}
