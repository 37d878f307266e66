import { describe, expect, test } from "vitest";
import { distance, TOLERANCE } from "../oracle/closeness.ts";
import { fixture, load, makeNet, makeOptimizer, type Run, trainStep } from "./fixture.ts";

const title = ({ optimizer, options, second }: Run): string =>
  `${optimizer} ${JSON.stringify(options)}${second ? ` and ${JSON.stringify(second)}` : ""}`;

describe.each(fixture.runs.map((run) => [title(run), run] as const))("%s", (_title, run) => {
  test.each(["float64", "float32"] as const)("25 steps in %s are PyTorch's", (dtype) => {
    const net = makeNet(dtype);
    const optimizer = makeOptimizer(run, net.params);
    const expected = dtype === "float64" ? run : { losses: run.losses32, params: run.params32 };
    const losses = expected.losses.map(() => trainStep(net, optimizer));
    expect(distance(Float64Array.from(losses), Float64Array.from(expected.losses))).toBeLessThan(TOLERANCE[dtype]);
    for (const [i, parameter] of net.params.entries())
      expect(distance(parameter.dataSync(), Float64Array.from(expected.params[i]!))).toBeLessThan(TOLERANCE[dtype]);
  });
});

describe("a state dict that PyTorch saved after 10 steps", () => {
  const runs = fixture.runs.filter((run) => run.middle);
  test.each(runs.map((run) => [title(run), run] as const))("%s goes on as PyTorch does", (_title, run) => {
    const net = makeNet("float64");
    const { params, state_dict } = run.middle!;
    for (const [i, parameter] of net.params.entries()) parameter.assign(load(params[i]!, "float64"));
    const optimizer = makeOptimizer({ ...run, options: {} }, net.params);
    const state = Object.entries(state_dict.state).map(([number, saved]) => {
      const tensors = Object.entries(saved).map(([name, item]) => [
        name,
        item !== null && typeof item === "object" ? load(item, "float64") : item,
      ]);
      return [number, Object.fromEntries(tensors)];
    });
    optimizer.loadStateDict({
      state: Object.fromEntries(state),
      param_groups: state_dict.param_groups as { params: number[] }[],
    });
    const losses = run.losses.slice(10).map(() => trainStep(net, optimizer));
    expect(distance(Float64Array.from(losses), Float64Array.from(run.losses.slice(10)))).toBeLessThan(1e-12);
  });

  test.each(runs.map((run) => [title(run), run] as const))("%s is the one we save", (_title, run) => {
    const net = makeNet("float64");
    const optimizer = makeOptimizer(run, net.params);
    for (let step = 0; step < 10; step++) trainStep(net, optimizer);
    const saved = optimizer.stateDict();
    const expected = run.middle!.state_dict;
    expect(Object.keys(saved.state)).toEqual(Object.keys(expected.state));
    for (const [number, tensors] of Object.entries(expected.state)) {
      const ours = saved.state[Number(number)]!;
      expect(Object.keys(ours).sort()).toEqual(Object.keys(tensors).sort());
      for (const [name, item] of Object.entries(tensors)) {
        const { shape, data } = typeof item === "number" ? { shape: [], data: [item] } : item!;
        expect(ours[name]!.shape).toEqual(shape);
        expect(distance(ours[name]!.dataSync(), Float64Array.from(data)), name).toBeLessThan(1e-12);
      }
    }
    for (const [i, group] of expected.param_groups.entries())
      for (const [name, value] of Object.entries(saved.param_groups[i]!)) expect(value, name).toEqual(group[name]);
  });
});
