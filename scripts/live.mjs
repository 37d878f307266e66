/** `npm run live`: bundles examples/live and serves it on this machine. Another port: `npm run live -- 9000`. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const path = (file) => fileURLToPath(new URL(`../${file}`, import.meta.url));

/** The public names, resolved to the sources: the page needs no build of the package. */
const names = {
  atrous: path("src/index.ts"),
  "atrous/io": path("src/io/index.ts"),
  "atrous/stream": path("src/stream/index.ts"),
};

/** Writes `dist/page.js` and `dist/worklet.js`, a file each for the window and for the audio thread. */
export async function build() {
  for (const [name, input] of [
    ["page", path("examples/live/src/page.ts")],
    ["worklet", path("src/worklet.ts")],
  ]) {
    const bundle = await rolldown({ input, plugins: [{ name: "names", resolveId: (id) => names[id] ?? null }] });
    await bundle.write({ file: path(`examples/live/dist/${name}.js`), format: "esm", minify: true });
    await bundle.close();
  }
}

const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".safetensors": "application/octet-stream",
};

/** Serves the page, and nothing that is not a part of it. @returns the server and its address */
export async function serve(port = 0) {
  const files = ["index.html", "style.css", "model.safetensors", "dist/page.js", "dist/worklet.js"];
  const server = createServer(({ url }, response) => {
    const name = new URL(url ?? "/", "http://localhost").pathname.slice(1) || "index.html";
    const file = path(`examples/live/${name}`);
    if (!files.includes(name) || !existsSync(file)) {
      response.writeHead(404, { "content-type": "text/plain" }).end("not here");
      return;
    }
    const headers = { "content-type": types[extname(name)], "content-length": statSync(file).size };
    response.writeHead(200, { ...headers, "cache-control": "no-cache" });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject).listen(port, "localhost", resolve);
  });
  return { server, address: `http://localhost:${server.address().port}/` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const port = Number(process.argv[2] ?? 8080);
  await build();
  try {
    const { address } = await serve(port);
    console.log(`A denoiser, live: ${address} (Ctrl+C ends it)`);
  } catch (error) {
    if (error.code !== "EADDRINUSE") throw error;
    console.error(`Port ${port} is taken. Choose another one: npm run live -- ${port + 1}`);
    process.exitCode = 1;
  }
}
