/** A thread of a `Crew` that streams parts of signals. */
import { parentPort } from "node:worker_threads";
import "../../index.ts";
import { type PortableNetwork, stream } from "../../stream/index.ts";
import type { FromWorker } from "./crew.ts";
import type { Job } from "./plan.ts";
import { streamPart } from "./streamPart.ts";

/** What all workers get. Signals and results are in shared memory. */
export interface Common {
  readonly network: PortableNetwork;
  readonly signals: readonly Float32Array[];
  readonly results: readonly Float32Array[];
  readonly block: number;
}

const say = (message: FromWorker): void => parentPort!.postMessage(message);

parentPort!.once("message", ({ network, signals, results, block }: Common) => {
  const live = stream(network);
  parentPort!.on("message", ({ channel, shard }: Job) => {
    streamPart(live, signals[channel]!, shard, block, results[channel]!, 0, (samples) => say({ progress: samples }));
    say("idle");
  });
  say("idle");
});
