import type { Machine } from "./report/machine.ts";
import type { ClockName } from "./run/clock.ts";

/** What one run of the bench found; also what `--json` writes. */
export interface Results {
  readonly machine: Machine;
  /** What time is: that on the wall, or what the process had of a core. */
  readonly clock: ClockName;
  /** In 10⁹ multiply-adds a second: the best seen in this run. */
  readonly peak: number;
  /** CPU time over wall time while networks ran: less than 1 on a busy machine, more where something takes a second thread. */
  readonly share: number;
  readonly inference: readonly Row[];
  readonly training: readonly Row[];
  readonly firstCalls: readonly Row[];
}

export interface Row {
  readonly group: string;
  readonly name: string;
  /** 10⁹ of them, in one call. */
  readonly multiplyAdds: number;
  /** By engine; one that is missing cannot do it. */
  readonly timings: Readonly<Record<string, Timing>>;
  /** Engines that threw, or gave something else. */
  readonly failed: readonly string[];
  /** Engines that were not waited for. */
  readonly minutes?: readonly string[];
  /** atrous without bringing arrays in and out. */
  readonly kernels?: Timing;
}

/** Milliseconds per call. */
export interface Timing {
  readonly median: number;
  readonly min: number;
  /** One number per round. */
  readonly rounds: readonly number[];
}
