/** Takes the last build away, so that files which the sources no longer have do not ship. */
import { rmSync } from "node:fs";

rmSync(new URL("../dist/", import.meta.url), { recursive: true, force: true });
