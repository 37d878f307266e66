/** A thread of a `Crew` that streams parts of signals. */
import { parentPort } from "node:worker_threads";
import { preferredBackend } from "../../backends/capabilities.ts";
import { installBackend } from "../../graph/backend.ts";
import { type PortableNetwork, stream } from "../../stream/index.ts";
import type { FromWorker } from "./crew.ts";
import type { Job } from "./plan.ts";
import { DEFAULT_BLOCK } from "./request.ts";
import { streamPart } from "./streamPart.ts";

// Not by way of the package's index, which takes twice as long to load.
installBackend(preferredBackend());

/** What all workers get first: what they need to be ready. */
export interface Preparation {
  readonly network: PortableNetwork;
  readonly block: number;
}

/** What they get next. The samples are in shared memory. */
export interface Common {
  readonly signals: readonly Float32Array[];
  readonly results: readonly Float32Array[];
}

const say = (message: FromWorker): void => parentPort!.postMessage(message);

parentPort!.once("message", ({ network, block }: Preparation) => {
  const live = stream(network);
  // The first block takes 0.1 s longer than others, because its kernels are made; better now, while the signal is read.
  live.push([new Float32Array(Math.min(block, DEFAULT_BLOCK))]);
  parentPort!.once("message", ({ signals, results }: Common) => {
    parentPort!.on("message", ({ channel, shard }: Job) => {
      streamPart(live, signals[channel]!, shard, block, results[channel]!, 0, (samples) => say({ progress: samples }));
      say("idle");
    });
    say("idle");
  });
});
