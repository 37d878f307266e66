import type { Json } from "../../io/bytes/json.ts";
import { jsonText } from "./json.ts";
import { elided, printable } from "./words.ts";

/** A value may be a whole configuration. */
const LONGEST = 200;

/** A line for each thing that a file says beside its numbers. */
export const describeMetadata = (metadata: ReadonlyMap<string, Json>): string[] =>
  Array.from(metadata, ([key, value]) => {
    const text = typeof value === "string" ? value : jsonText(value);
    return `${printable(key)}: ${elided(printable(text), LONGEST)}`;
  });
