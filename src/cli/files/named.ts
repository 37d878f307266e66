import { AtrousError, FormatError } from "../../core/errors.ts";

/** Runs what reads a file, so that errors say which; what was wrong with the command line stays as it is. */
export function naming<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof AtrousError && error.name !== "UsageError") throw new FormatError(`${path}: ${error.message}`);
    throw error;
  }
}
