import { startProgress } from "../progress.ts";

/** Node moves no more than 2 GiB at once; with less, progress can be seen. */
const PIECE = 2 ** 26;

/** What takes more than a moment: a disk moves a few hundred megabytes a second. */
const LONG = 2 ** 28;

/** Moves `total` bytes in pieces: `move` is given where to go on and the most it may take, and says how many it took. */
export function piecewise(label: string, total: number, move: (at: number, length: number) => number): void {
  const progress = total > LONG ? startProgress(label, total) : null;
  for (let at = 0; at < total; ) {
    at += move(at, Math.min(PIECE, total - at));
    progress?.update(at);
  }
  progress?.finish();
}
