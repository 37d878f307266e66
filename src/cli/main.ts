#!/usr/bin/env node
/** `atrous COMMAND …`: picks the command and shows errors as sentences. */
import { readFileSync } from "node:fs";
import { AtrousError } from "../core/errors.ts";
import { type Command, UsageError } from "./command.ts";

/** By name; each is loaded when it is wanted, because all of them would take longer than a small task. */
const loaders: Readonly<Record<string, () => Promise<Command>>> = {
  train: async () => (await import("./train.ts")).train,
  apply: async () => (await import("./apply.ts")).apply,
  inspect: async () => (await import("./inspect.ts")).inspect,
  convert: async () => (await import("./convert.ts")).convert,
};

const names = Object.keys(loaders);

async function help(): Promise<string> {
  const commands = await Promise.all(Object.values(loaders).map((load) => load()));
  const width = Math.max(...names.map(({ length }) => length));
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
    process.stdout.write(await help());
    return;
  }
  if (!Object.hasOwn(loaders, name))
    throw new UsageError(`there is no command "${name}"; there are ${names.join(", ")}`);
  const command = await loaders[name]!();
  if (args.includes("--help") || args.includes("-h")) process.stdout.write(`${command.summary}\n\n${command.usage}\n`);
  else await command.run(args);
}

/** The file system's errors in the user's words. */
function sentence({ message, code, path }: NodeJS.ErrnoException): string {
  if (code === "ENOENT") return `${path}: there is no such file or folder`;
  if (code === "EACCES" || code === "EPERM") return `${path}: not allowed`;
  return message;
}

// Who reads no further, such as `head`, wants no more, which is no error; a full disk is one.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  process.stderr.write(`atrous: the output cannot be written: ${error.message}\n`);
  process.exit(1);
});
process.stderr.on("error", () => {});

try {
  await main(process.argv.slice(2));
} catch (error) {
  // What the user can mend is a sentence; anything else is ours, and its stack helps to find it.
  const known =
    error instanceof AtrousError || /^(E[A-Z]+|ERR_FS_\w+)$/.test((error as NodeJS.ErrnoException).code ?? "");
  const text = known ? `atrous: ${sentence(error as Error)}` : String((error as Error).stack ?? error);
  process.stderr.write(`${text}\n`);
  const command = names.find((name) => name === process.argv[2]);
  if (error instanceof UsageError) process.stderr.write(`Try: atrous ${command ? `${command} ` : ""}--help\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
