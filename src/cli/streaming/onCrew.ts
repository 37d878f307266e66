import type { PortableNetwork } from "../../stream/index.ts";
import type { Crew } from "./crew.ts";
import { jobsFor, partsOf } from "./plan.ts";
import type { Common } from "./worker.ts";

/** All channels through the network, for which the crew is prepared, in `shards` parts each. */
export async function onCrew(
  crew: Crew,
  network: PortableNetwork,
  channels: readonly Float32Array[],
  shards: number,
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
  const jobs = jobsFor(network, { channels: channels.length, length, shards, workers: crew.size });
  crew.tell({ signals, results } satisfies Common);
  await crew.run(jobs, progress);
  return results;
}

const shared = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));
