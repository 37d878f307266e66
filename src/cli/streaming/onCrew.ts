import type { PortableNetwork, Shard } from "../../stream/index.ts";
import type { Crew } from "./crew.ts";
import { jobsFor } from "./plan.ts";
import type { Common } from "./worker.ts";

/** All channels through the network, for which the crew is prepared, in `parts` of each. */
export async function onCrew(
  crew: Crew,
  network: PortableNetwork,
  channels: readonly Float32Array[],
  parts: readonly Shard[],
  progress: (samples: number) => void,
): Promise<Float32Array[]> {
  const length = channels[0]!.length;
  const signals = channels.map((channel) => {
    const signal = shared(length);
    signal.set(channel);
    return signal;
  });
  const results = channels.map(() => shared(parts.at(-1)!.outEnd));
  const jobs = jobsFor(network, parts, { channels: channels.length, length, workers: crew.size });
  crew.tell({ signals, results } satisfies Common);
  await crew.run(jobs, progress);
  return results;
}

const shared = (length: number): Float32Array => new Float32Array(new SharedArrayBuffer(4 * length));
