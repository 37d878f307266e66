import { Worker } from "node:worker_threads";
import { AtrousError } from "../../core/errors.ts";

/** What a worker says: that it waits for a job, at first and after each, or how far it came. */
export type FromWorker = "idle" | { readonly progress: number };

/** Threads that do jobs, each taking the next when it is done with one. They start at once, to be ready when there is work. */
export class Crew {
  readonly #workers: readonly Worker[];
  /** Never kept, broken by the first failure. */
  readonly #failure: Promise<never>;

  /** @param file the script of the workers: the first messages it gets are what all are told, the others are jobs */
  constructor(file: URL, count: number) {
    this.#workers = Array.from({ length: count }, () => new Worker(file));
    this.#failure = Promise.race(this.#workers.map(failureOf));
    this.#failure.catch(() => {}); // heard when there is work
  }

  get size(): number {
    return this.#workers.length;
  }

  /** Sends a message to every worker. */
  tell(message: unknown): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }

  /**
   * Has all jobs done, in their order. A worker says that it is idle after the last thing that all are told, in the same turn as this.
   *
   * @throws AtrousError as soon as a worker throws, or ends
   */
  run<Job>(jobs: readonly Job[], progress: (amount: number) => void): Promise<void> {
    let [next, left] = [0, jobs.length];
    const done = new Promise<void>((resolve) => {
      if (left === 0) resolve();
      for (const worker of this.#workers) {
        let busy = false;
        worker.on("message", (message: FromWorker) => {
          if (message !== "idle") return progress(message.progress);
          if (busy) left--;
          busy = next < jobs.length;
          if (busy) worker.postMessage(jobs[next++]);
          else if (left === 0) resolve();
        });
      }
    });
    return Promise.race([done, this.#failure]);
  }

  /** Ends the threads, whatever they do. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

const failureOf = (worker: Worker): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (what: string, cause?: Error): void => reject(new AtrousError(`a worker ${what}`, { cause }));
    worker.on("error", (error: Error) => fail(`failed: ${error.message}`, error));
    worker.on("messageerror", (error) => fail(`was not understood: ${error.message}`, error));
    worker.on("exit", (code) => fail(`ended before its work, with exit code ${code}`));
  });
