import type { Correlation } from "./correlation.ts";
import type { Tile } from "./tile.ts";

/** How a convolution is computed: a plain object, made from the geometry alone, that changes no bit of the result. */
export type Schedule = TileSchedule | PositionSchedule;

/** Columns of time in vectors, rows of results beside them: for signals of some length. */
export interface TileSchedule {
  readonly algorithm: "tiles";
  readonly tile: Tile;
  /** Results in time that the tiles of one block of rows cover after another: a multiple of the tile's columns. */
  readonly columns: number;
  /** Results in time whose panel is packed at once: a multiple of `columns`. */
  readonly stretch: number;
  /** Channels summed before the next portion of the panel is packed. */
  readonly channels: number;
  /**
   * What a row of the panel holds: a `channel` with the samples around it that its taps reach, or one `tap` of one channel, where
   * a stride or wide holes would have most of a channel packed in vain.
   */
  readonly panel: "channel" | "tap";
}

/** Results in vectors, a few positions of time beside them: for blocks of some samples. */
export interface PositionSchedule {
  readonly algorithm: "positions";
  /** `rows` positions of time (of the whole batch) times `vectors` of four results. */
  readonly tile: Tile;
}

/** Steps of a sum between two visits of the result: weights and panel of so many stay in the first cache. */
export const STEPS = 384;

/** Bytes of a panel that the first cache keeps while the tiles of one portion read it again and again. */
const PANEL_BYTES = 32768;

/** Bytes of a panel that is packed at once: they stay in the second cache. */
const PACKED_BYTES = 262144;

/**
 * Results in time per panel. Short sums take many of them, up to the most: a store that continues a page is twice as fast as one on
 * another page.
 */
const LEAST_COLUMNS = 128;
const MOST_COLUMNS = 1024;

export function scheduleOf(problem: Correlation): Schedule {
  if (problem.outLength <= 7 && problem.rows >= 4) return schedulePositions(problem);
  return scheduleTiles(problem);
}

/** The positions of a short block, up to four at once; accumulators never exceed eight. */
export function schedulePositions({ batch, outLength, rows }: Correlation): PositionSchedule {
  const positions = Math.min(batch * outLength, 4);
  const vectors = Math.min(positions === 1 ? 8 : positions === 2 ? 4 : 2, Math.ceil(rows / 4));
  return { algorithm: "positions", tile: { rows: positions, vectors } };
}

export function scheduleTiles({ rows, channels, taps, stride, tapStep, outLength }: Correlation): TileSchedule {
  const tile = tileFor(rows);
  const width = 4 * tile.vectors;
  const portion = Math.max(1, Math.min(channels, Math.floor(STEPS / taps)));
  const byChannel = stride === 1 && taps > 1 && Math.abs(tapStep) <= Math.min(outLength, LEAST_COLUMNS);
  const [panelRows, halo] = byChannel ? [portion, (taps - 1) * Math.abs(tapStep)] : [portion * taps, 0];
  const most = Math.min(Math.max(PANEL_BYTES / 4 / panelRows - halo, LEAST_COLUMNS), MOST_COLUMNS);
  const blocks = Math.ceil(outLength / most);
  const columns = Math.max(1, Math.ceil(outLength / blocks / width)) * width;
  // Sources are read in long rows, which the machine foresees; not where results visit memory between portions.
  const packed = portion < channels ? columns : PACKED_BYTES / 4 / panelRows - halo;
  const stretch = Math.max(1, Math.floor(Math.min(packed, Math.ceil(outLength / width) * width) / columns)) * columns;
  return { algorithm: "tiles", tile, columns, stretch, channels: portion, panel: byChannel ? "channel" : "tap" };
}

/** Eight sums fill the registers with what they are made of; tiles of one row hold nothing else and take six vectors. */
export function tileFor(rows: number): Tile {
  if (rows === 1) return { rows, vectors: 6 };
  if (rows === 2) return { rows, vectors: 4 };
  return { rows: Math.min(rows, 4), vectors: 2 };
}
