/**
 * Progress of long work. On a terminal one line is rewritten in place; elsewhere (pipes, CI logs) a plain line appears
 * at every tenth of the way.
 */

/** What is needed of `process.stderr`; a test passes its own. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
}

export interface ProgressOptions {
  /** Default `process.stderr`. */
  stream?: ProgressStream;
  /** Milliseconds of a clock that never goes back; default `performance.now`. */
  now?: () => number;
}

export interface Progress {
  /** Says that `done` of `total` units are finished; `text` is shown beside them, such as the loss. */
  update(done: number, text?: string): void;
  /** Ends the line; `text` replaces the last one. */
  finish(text?: string): void;
}

/** A terminal is redrawn at most this often, in ms: drawing must not cost time that the work could use. */
const REDRAW = 100;

const BAR = 24;

export function startProgress(label: string, total: number, options: ProgressOptions = {}): Progress {
  const { stream = process.stderr, now = () => performance.now() } = options;
  const begun = now();
  const terminal = stream.isTTY === true;
  let text = "";
  let drawnAt = Number.NEGATIVE_INFINITY;
  let drawnWidth = 0;
  let tenth = 0;

  /** The line for a fraction 0..1. A narrow terminal loses the bar first, then the end of the text. */
  const line = (fraction: number, columns: number): string => {
    const elapsed = now() - begun;
    const left = fraction > 0 && fraction < 1 ? `${clock((elapsed * (1 - fraction)) / fraction)} left` : "";
    const time = fraction === 1 ? clock(elapsed) : left;
    const words = [`${Math.floor(fraction * 100)} %`.padStart(5), text, time].filter((word) => word !== "").join("  ");
    const room = columns - label.length - words.length - 3;
    const bar = terminal && room >= 4 ? `${drawBar(fraction, Math.min(BAR, room))} ` : "";
    const full = `${label} ${bar}${words}`;
    return full.length <= columns ? full : `${full.slice(0, Math.max(0, columns - 1))}…`;
  };

  /** The last column stays free: many terminals wrap as soon as it is written. */
  const draw = (fraction: number): void => {
    const drawn = line(fraction, Math.max(1, (stream.columns || 80) - 1));
    stream.write(`\r${drawn.padEnd(Math.min(drawnWidth, (stream.columns || 80) - 1))}`);
    drawnWidth = drawn.length;
    drawnAt = now();
  };

  const update = (done: number, news: string): void => {
    text = news;
    const fraction = total > 0 ? Math.max(0, Math.min(1, done / total)) : 1;
    if (terminal) {
      if (now() - drawnAt >= REDRAW || fraction === 1) draw(fraction);
    } else if (Math.floor(fraction * 10) > tenth) {
      tenth = Math.floor(fraction * 10);
      stream.write(`${line(fraction, Number.POSITIVE_INFINITY)}\n`);
    }
  };

  return {
    update: (done, news = text) => update(done, news),
    finish(news = text) {
      text = news;
      if (terminal) {
        draw(1);
        stream.write("\n");
      } else if (tenth < 10) {
        tenth = 10;
        stream.write(`${line(1, Number.POSITIVE_INFINITY)}\n`);
      }
    },
  };
}

/** Minutes and seconds of a span in ms, m:ss. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function drawBar(fraction: number, width: number): string {
  const full = Math.round(fraction * width);
  return "█".repeat(full) + "░".repeat(width - full);
}
