import { gradients, type Tensor } from "atrous";
import { describe, expect, test } from "vitest";
import type { FloatDType } from "../../src/core/dtype.ts";
import { cases, decode, disagreement, type Encoded, type LayerCase, layerOf } from "./fixture.ts";

const title = ({ layer, arguments: args, options, training, x }: LayerCase): string =>
  `${layer}(${JSON.stringify(args).slice(1, -1)}, ${JSON.stringify(options)}) of [${(x as Encoded)[0]}]${training ? "" : " in evaluation"}`;

describe.each(["float64", "float32"] as const)("PyTorch's layers in %s", (dtype: FloatDType) => {
  test.each(cases.map((given) => [title(given), given] as const))("%s", (_, given) => {
    const layer = layerOf(given, dtype);
    for (const batch of given.batches) layer.forward(decode(batch, dtype));
    layer.train(given.training);

    const x = decode(given.x as Encoded, dtype, true);
    const [c, d] = [decode(given.c as Encoded, dtype), decode(given.d as Encoded, dtype)];
    const parameters = [...layer.namedParameters()];
    const y = layer.forward(x);
    const wrt = [x, ...parameters.map(([, parameter]) => parameter)];
    const first = gradients(y.mul(c).sum(), wrt);
    const names = ["gx", ...parameters.map(([name]) => `g.${name}`)];
    const results: (readonly [string, Tensor])[] = [["y", y], ...first.map((g, i) => [names[i]!, g] as const)];
    // In float32 the second order of a norm loses several digits in PyTorch too; float64 shows that the formula is right.
    if (given.hx && dtype === "float64")
      for (const [i, h] of gradients(first[0]!.mul(d).sum(), wrt).entries()) {
        const name = names[i]!.replace("g", "h");
        if (given[name]) results.push([name, h]);
      }
    for (const [name, value] of layer.stateDict()) results.push([name, value.to(dtype)]);

    const expected: Record<string, unknown> = { ...given, ...Object.fromEntries(given.state) };
    expect(results.map(([name, value]) => disagreement(name, value, expected[name])).filter(Boolean)).toEqual([]);
    expect([...layer.stateDict().keys()]).toEqual(given.state.map(([name]) => name));
    if (given.repr !== null) expect(layer.toString()).toBe(given.repr);
  });
});
