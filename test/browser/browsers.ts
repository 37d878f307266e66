/** The browsers of this machine, without a window, and pages for them. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, firefox, type Page } from "playwright-core";

export type BrowserName = "chromium" | "firefox";

export const browserNames: readonly BrowserName[] = ["chromium", "firefox"];

const programOf = (name: string): string => execFileSync("which", [name], { encoding: "utf8" }).trim();

/** Chromium or Firefox with a microphone that beeps, and with a home of its own, which Firefox insists on. */
export async function launch(name: BrowserName): Promise<{ browser: Browser; close: () => Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), "atrous-browser-"));
  const browser = await (name === "chromium" ? launchChromium() : launchFirefox(home));
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: programOf("chromium"),
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--autoplay-policy=no-user-gesture-required"],
      ...["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    ],
  });

const launchFirefox = (home: string): Promise<Browser> =>
  firefox.launch({
    channel: "moz-firefox",
    executablePath: programOf("firefox-esr"),
    headless: true,
    env: { ...process.env, HOME: home } as Record<string, string>,
    firefoxUserPrefs: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      // What is saved goes there without a question.
      "browser.download.folderList": 2,
      "browser.download.dir": home,
      "browser.download.alwaysOpenPanel": false,
    },
  });

/** What a page says on its console as an error, and what it fails to catch. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  return complaints;
}

/** Files from memory, by path, on an address that browsers trust as they trust https. */
export async function serveTexts(texts: Record<string, string>): Promise<{ address: string; close: () => void }> {
  const server = createServer(({ url = "/" }, response) => {
    const type = url.endsWith(".js") ? "text/javascript" : "text/html";
    response.writeHead(url in texts ? 200 : 404, { "content-type": type }).end(texts[url]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close() };
}
