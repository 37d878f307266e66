/** Numbers and names as people read them. */

/** 1234567 → `1,234,567` */
export const grouped = (count: number): string => count.toLocaleString("en");

/** `1 tensor`, `2 tensors` */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Four digits, which tell weights apart; whole numbers as they are. */
export function brief(value: number | bigint): string {
  if (typeof value === "bigint" || Number.isInteger(value)) return Object.is(value, -0) ? "0" : whole(value);
  return String(Number(value.toPrecision(4)))
    .replace("-", "−")
    .replace("e−", "e-");
}

function whole(value: number | bigint): string {
  const text = String(value);
  return (text.length > 12 ? Number(value).toExponential(3) : text).replace(/^-/, "−");
}

const UNITS = ["", "k", "M", "G", "T", "P"];

/** 1234567 → `1.23 M`, for rates and costs. */
export function withUnit(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const power = value < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  const text = Number.isInteger(scaled) && power === 0 ? String(scaled) : scaled.toPrecision(3);
  return `${Number(text)} ${UNITS[power]}`;
}

export const bytesText = (bytes: number): string =>
  bytes < 1000 ? counted(bytes, "byte") : `${withUnit(bytes)}B (${grouped(bytes)} bytes)`;

/** Text out of a file for a terminal: what would steer it, or hide, is spelt out. */
export const printable = (text: string): string =>
  text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );

/** The beginning and the end of what is too long. */
export function elided(text: string, width: number): string {
  if (text.length <= width) return text;
  const tail = Math.ceil((width - 1) / 2);
  return `${text.slice(0, width - 1 - tail)}…${text.slice(text.length - tail)}`;
}
