/** DepthToSpace and SpaceToDepth: channels and positions exchanged, over two dimensions of space. */
import { type Shape, showShape } from "../../../../core/shape.ts";
import type { Tensor } from "../../../../graph/tensor.ts";
import { reshape } from "../../../../ops/shape/reshape.ts";
import { permute } from "../../../../ops/shape/transpose.ts";
import type { Call } from "../call.ts";
import type { Operators } from "../operator.ts";

export const blocks: Operators = {
  DepthToSpace: {
    build: (call) => {
      const [x, [n, c, h, w], size] = imagesOf(call);
      const depth = c / size ** 2;
      if (!Number.isInteger(depth)) call.fail(`${c} channels are not made of blocks of ${size} × ${size}`);
      const mode = call.string("mode", "DCR");
      if (mode !== "DCR" && mode !== "CRD") call.fail(`mode ${mode} is neither DCR nor CRD`);
      const apart =
        mode === "DCR"
          ? permute(reshape(x, [n, size, size, depth, h, w]), [0, 3, 4, 1, 5, 2])
          : permute(reshape(x, [n, depth, size, size, h, w]), [0, 1, 4, 2, 5, 3]);
      return reshape(apart, [n, depth, h * size, w * size]);
    },
  },
  SpaceToDepth: {
    build: (call) => {
      const [x, [n, c, h, w], size] = imagesOf(call);
      if (h % size !== 0 || w % size !== 0)
        call.fail(`shape ${showShape(x.shape)} is not made of blocks of ${size} × ${size}`);
      const apart = permute(reshape(x, [n, c, h / size, size, w / size, size]), [0, 3, 5, 1, 2, 4]);
      return reshape(apart, [n, c * size ** 2, h / size, w / size]);
    },
  },
};

function imagesOf(call: Call): [x: Tensor, shape: readonly [number, number, number, number], size: number] {
  const x = call.tensor(0);
  const size = call.integer("blocksize") ?? call.fail("it says no blocksize");
  if (!(size >= 1 && size <= 2 ** 10)) call.fail(`blocksize ${size} is not read here`);
  if (x.rank !== 4) call.fail(`its input should be (N, C, H, W), but has shape ${showShape(x.shape)}`);
  return [x, x.shape as Shape as readonly [number, number, number, number], size];
}
