import { type ParseArgsConfig, parseArgs } from "node:util";
import { AtrousError } from "../core/errors.ts";

/** One subcommand: a file that exports one of these, and a row in `main.ts`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows `atrous NAME` and what the options mean, as shown by `--help`. */
  readonly usage: string;
  readonly run: (args: readonly string[]) => Promise<void>;
}

/** Something in the command line that is not right; shown together with where to find help. */
export class UsageError extends AtrousError {
  override name: string = "UsageError";
}

type Options = NonNullable<ParseArgsConfig["options"]>;

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ args: string[]; options: O; allowPositionals: true; strict: true }>
>;

/** The options of a command and what stands beside them; names that are not in `options` are errors. */
export function parse<const O extends Options>(args: readonly string[], options: O): Parsed<O> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    // Node's sentence, without its advice about arguments that begin with a dash.
    throw new UsageError((error as Error).message.split(/\. |\n/)[0]!.replace(/\.$/, ""));
  }
}

/** An option that must be a number within bounds. */
export function numberOption(name: string, text: string, minimum: number, maximum = Number.POSITIVE_INFINITY): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= minimum && value <= maximum) return value;
  const range = maximum === Number.POSITIVE_INFINITY ? `at least ${minimum}` : `${minimum} to ${maximum}`;
  throw new UsageError(`--${name} must be a number, ${range}; got "${text}"`);
}

/** As `numberOption`, without a fraction. */
export function integerOption(name: string, text: string, minimum: number, maximum?: number): number {
  const value = numberOption(name, text, minimum, maximum);
  if (Number.isSafeInteger(value)) return value;
  throw new UsageError(`--${name} must be a whole number; got "${text}"`);
}
