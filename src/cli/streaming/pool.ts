import { Worker } from "node:worker_threads";
import { AtrousError } from "../../core/errors.ts";

/** What a worker says: that it waits for a job, at first and after each, or how far it came. */
export type FromWorker = "idle" | { readonly progress: number };

/**
 * Has `count` workers do all jobs, in their order, each taking the next when it is done with one. The first failure ends all of them.
 *
 * @throws AtrousError when a worker throws, or ends while there is work
 */
export function runJobs<Job>(
  file: URL,
  count: number,
  workerData: unknown,
  jobs: readonly Job[],
  progress: (amount: number) => void,
): Promise<void> {
  const { promise, resolve, reject } = settled();
  let [next, left] = [0, jobs.length];
  const workers = Array.from({ length: count }, () => new Worker(file, { workerData }));
  for (const worker of workers) {
    let busy = false;
    worker.on("message", (message: FromWorker) => {
      if (message !== "idle") return progress(message.progress);
      if (busy) left--;
      busy = next < jobs.length;
      if (left === 0) resolve();
      else if (busy) worker.postMessage(jobs[next++]);
    });
    worker.on("error", (error: Error) =>
      reject(new AtrousError(`a worker failed: ${error.message}`, { cause: error })),
    );
    worker.on("messageerror", (error) => reject(new AtrousError(`a worker was not understood: ${error.message}`)));
    worker.on("exit", (code) => reject(new AtrousError(`a worker ended before its work, with exit code ${code}`)));
  }
  if (left === 0) resolve();
  return promise.finally(() => Promise.all(workers.map((worker) => worker.terminate())));
}

/** A promise, and what settles it. */
function settled(): { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  return { promise, resolve, reject };
}
