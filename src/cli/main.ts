#!/usr/bin/env node
/** `atrous COMMAND …`: picks the command and shows errors as sentences. */
import { readFileSync } from "node:fs";
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
  if (name === "--version") {
    const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    process.stdout.write(`${(JSON.parse(manifest) as { version: string }).version}\n`);
    return;
  }
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

/** The file system's errors in the user's words. */
function sentence({ message, code, path }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return `${path}: there is no such file or folder`;
  if (code === "EACCES" || code === "EPERM") return `${path}: not allowed`;
  return message;
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  // What the user can mend is a sentence; anything else is ours, and its stack helps to find it.
  const known =
    error instanceof AtrousError || /^(E[A-Z]+|ERR_FS_\w+)$/.test((error as NodeJS.ErrnoException).code ?? "");
  const text = known ? `atrous: ${sentence(error as Error)}` : String((error as Error).stack ?? error);
  process.stderr.write(`${text}\n`);
  const command = commands.find(({ name }) => name === process.argv[2]);
  if (error instanceof UsageError) process.stderr.write(`Try: atrous ${command ? `${command.name} ` : ""}--help\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
