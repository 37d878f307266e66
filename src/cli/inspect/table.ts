import { elided } from "./words.ts";

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly right?: boolean;
}

const GAP = "  ";

/** A name this short can still be told from its neighbours. */
const LEAST_NAME = 24;

/**
 * A table of texts within `width` characters, of which the first column is the name. Where it does not fit names lose their middle; where
 * they would lose too much of it each gets a line of its own, and what it has follows with titles, in as many lines as needed.
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = columns.map(({ title }, i) =>
    rows.reduce((most, row) => Math.max(most, row[i]!.length), title.length),
  );
  const others = widths.slice(1).reduce((sum, each) => sum + each + GAP.length, 0);
  const room = Math.min(widths[0]!, width - others);
  if (room < Math.min(LEAST_NAME, widths[0]!)) return stacked(columns, rows, width);
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => {
        if (i === 0) return elided(cell, room).padEnd(room);
        return columns[i]!.right ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}

function stacked(columns: readonly Column[], rows: readonly (readonly string[])[], width: number): string[] {
  return rows.flatMap(([name, ...cells]) => {
    const lines = [elided(name!, Math.max(width, 1))];
    let current = "";
    for (const [i, cell] of cells.entries()) {
      if (cell === "") continue;
      const part = `${columns[i + 1]!.title} ${cell}`;
      if (current !== "" && current.length + part.length + 2 * GAP.length > width) {
        lines.push(GAP + current);
        current = part;
      } else current += current === "" ? part : GAP + part;
    }
    return current === "" ? lines : [...lines, GAP + current];
  });
}
