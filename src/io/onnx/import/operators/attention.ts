/** Attention, of heads that are an axis of their own. */
import { showShape } from "../../../../core/shape.ts";
import { softmax } from "../../../../ops/activations/softmax.ts";
import { add, mul } from "../../../../ops/elementwise/binary.ts";
import { transpose } from "../../../../ops/shape/transpose.ts";
import type { Operators } from "../operator.ts";
import { product } from "../product.ts";

export const attention: Operators = {
  Attention: {
    build: (call) => {
      const [query, key, value] = [call.tensor(0), call.tensor(1), call.tensor(2)];
      const shapes = [query, key, value].map(({ shape }) => shape);
      const heads = query.shape[1];
      if (shapes.some((shape) => shape.length !== 4 || shape[1] !== heads))
        call.fail(`its inputs should be (N, H, L, E) with as many heads H, got ${shapes.map(showShape).join(", ")}`);
      for (const name of ["is_causal", "qk_matmul_output_mode"])
        if (call.integer(name, 0) !== 0) call.fail(`${name} is ${call.integer(name, 0)}, which is not read here`);
      if (call.float("softcap", 0) !== 0) call.fail("it bounds its scores (softcap), which is not read here");
      if (call.has(4) || call.has(5)) call.fail("it has keys and values of the past, which are not read here");
      const mask = call.optionalTensor(3);
      if (mask && mask.dtype !== query.dtype)
        call.fail(`its mask is ${mask.dtype}, where only ${query.dtype} is read here`);
      const scale = call.float("scale", 1 / Math.sqrt(query.shape[3]!));
      const scores = mul(product(query, transpose(key, 2, 3), false), scale);
      return product(softmax(mask ? add(scores, mask) : scores, -1), value, false);
    },
  },
};
