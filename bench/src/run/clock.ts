/** Milliseconds since whenever. */
export type Clock = () => number;

export type ClockName = keyof typeof clocks;

export const clocks = {
  wall: () => performance.now(),
  /** What this process has had of any core; does not see what else a busy machine does. */
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
} satisfies Record<string, Clock>;
