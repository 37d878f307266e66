import { startProgress } from "../progress.ts";

/** A progress line in seconds of signal, across all channels. */
export function secondsProgress(
  label: string,
  samples: number,
  sampleRate: number,
): { add: (samples: number) => void; finish: () => void } {
  const total = samples / sampleRate;
  const progress = startProgress(label, total);
  const text = (done: number): string => `${done.toFixed(0)} of ${total.toFixed(0)} s`;
  let done = 0;
  return {
    add: (more) => {
      done += more;
      progress.update(done / sampleRate, text(done / sampleRate));
    },
    finish: () => progress.finish(text(total)),
  };
}
