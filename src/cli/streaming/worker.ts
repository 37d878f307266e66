/** A thread that streams parts of signals, one after the other, as `onWorkers` hands them out. */
import { parentPort, workerData } from "node:worker_threads";
import "../../index.ts";
import { type PortableNetwork, stream } from "../../stream/index.ts";
import type { Job } from "./plan.ts";
import type { FromWorker } from "./pool.ts";
import { streamPart } from "./streamPart.ts";

/** What every worker gets. The signals are in shared memory. */
export interface WorkerData {
  readonly network: PortableNetwork;
  readonly signals: readonly Float32Array[];
  readonly results: readonly Float32Array[];
  readonly block: number;
}

const { network, signals, results, block } = workerData as WorkerData;
const live = stream(network);
const say = (message: FromWorker): void => parentPort!.postMessage(message);

parentPort!.on("message", ({ channel, shard }: Job) => {
  streamPart(live, signals[channel]!, shard, block, results[channel]!, 0, (samples) => say({ progress: samples }));
  say("idle");
});
say("idle");
