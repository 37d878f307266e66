#!/usr/bin/env node
/** `atrous COMMAND …`: picks the command and shows errors as sentences. */
import "../index.ts";
import { AtrousError } from "../core/errors.ts";
import { apply } from "./apply.ts";
import { type Command, UsageError } from "./command.ts";
import { train } from "./train.ts";

const commands: readonly Command[] = [train, apply];

function help(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const rows = commands.map(({ name, summary }) => `  atrous ${name.padEnd(width)}  ${summary}`);
  return `One-dimensional convolutional networks.\n\n${rows.join("\n")}\n\nMore: atrous COMMAND --help\n`;
}

async function main([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(help());
    return;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (!command)
    throw new UsageError(`there is no command "${name}"; there are ${commands.map((c) => c.name).join(", ")}`);
  if (args.includes("--help") || args.includes("-h")) process.stdout.write(`${command.summary}\n\n${command.usage}\n`);
  else await command.run(args);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // What the user can mend is a sentence; anything else is ours, and its stack helps to find it.
  const known = error instanceof AtrousError || /^E[A-Z]+$/.test((error as NodeJS.ErrnoException).code ?? "");
  const text = known ? `atrous: ${(error as Error).message}` : String((error as Error).stack ?? error);
  process.stderr.write(`${text}\n`);
  if (error instanceof UsageError) process.stderr.write("Try: atrous --help\n");
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
