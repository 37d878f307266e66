import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, vi } from "vitest";

/** A folder of its own for each test of a file, and what the command writes to its two outputs there. */
export interface User {
  folder: string;
  printed: string;
  warned: string;
}

/** To be called once in a test file. */
export function asUser(): User {
  const user: User = { folder: "", printed: "", warned: "" };
  const listen = (stream: NodeJS.WriteStream, to: "printed" | "warned"): void => {
    vi.spyOn(stream, "write").mockImplementation((text) => {
      user[to] += text;
      return true;
    });
  };
  beforeEach(() => {
    user.folder = mkdtempSync(join(tmpdir(), "atrous-"));
    user.printed = "";
    user.warned = "";
    listen(process.stdout, "printed");
    listen(process.stderr, "warned");
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(user.folder, { recursive: true });
  });
  return user;
}
