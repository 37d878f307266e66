import { availableParallelism } from "node:os";
import type { PortableNetwork } from "../../stream/index.ts";
import { jobsFor, partsOf } from "./plan.ts";
import { runJobs } from "./pool.ts";
import type { WorkerData } from "./worker.ts";

/** How many workers compute `count` parts. */
export const workersFor = (count: number): number => Math.min(availableParallelism(), count);

/** All channels through the network, `shards` parts each, on `workers` threads. */
export async function onWorkers(
  network: PortableNetwork,
  channels: readonly Float32Array[],
  { shards, workers, block }: { shards: number; workers: number; block: number },
  progress: (samples: number) => void,
): Promise<Float32Array[]> {
  const length = channels[0]!.length;
  const [whole] = partsOf(network, length, 1);
  const signals = channels.map((channel) => {
    const signal = shared(length);
    signal.set(channel);
    return signal;
  });
  const results = channels.map(() => shared(whole!.outEnd));
  const jobs = jobsFor(network, { channels: channels.length, length, shards, workers });
  const data: WorkerData = { network, signals, results, block };
  if (jobs.length > 0) await runJobs(new URL("./worker.js", import.meta.url), workers, data, jobs, progress);
  return results;
}

const shared = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));
