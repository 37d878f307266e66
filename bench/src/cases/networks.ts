import { conv1d } from "../layers.ts";
import type { Case } from "./case.ts";
import { hifiGan } from "./hifiGan.ts";

/** Whole networks, also measured at their first call: a large one, and one so small that what is not arithmetic shows. */
export const networkCases: readonly Case[] = [
  {
    group: "Networks",
    name: "HiFi-GAN V1, 256 frames (3 s)",
    input: [1, 80, 256],
    network: hifiGan,
    // 0.8 s per frame, and more than twice that at the first call.
    minutes: ["jax-js"],
  },
  {
    group: "Networks",
    name: "1→16→1 K3 with ReLU, 64 samples",
    input: [1, 1, 64],
    network() {
      const first = conv1d(1, 16, 3, { padding: 1 });
      const second = conv1d(16, 1, 3, { padding: 1 });
      return (operations, x) => operations.conv1d(operations.relu(operations.conv1d(x, first)), second);
    },
    eager: true,
  },
];
