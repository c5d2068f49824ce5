import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const version = readFileSync(new URL("version.txt", import.meta.url), "utf8").trim();

// What `ng build` would write: the worker as it is published, and the list of files with their SHA-1.
const angularWorker = {
  name: "angular-worker",
  enforce: "post",
  closeBundle() {
    copyFileSync("node_modules/@angular/service-worker/ngsw-worker.js", "dist/ngsw-worker.js");
    const files = readdirSync("dist", { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(html|css|js|json)$/.test(entry.name))
      .map((entry) => `${entry.parentPath}/${entry.name}`.replace(/^dist/, ""))
      .filter((path) => !/^\/(ngsw|sw\.js|workbox|registerSW)/.test(path))
      .sort();
    const hash = (path) => createHash("sha1").update(readFileSync(`dist${path}`)).digest("hex");
    writeFileSync("dist/ngsw.json", JSON.stringify({
      configVersion: 1,
      timestamp: 0,
      appData: { version },
      index: "/index.html",
      assetGroups: [{
        name: "app", installMode: "prefetch", updateMode: "prefetch",
        cacheQueryOptions: { ignoreVary: true }, urls: files, patterns: [],
      }],
      dataGroups: [],
      hashTable: Object.fromEntries(files.map((path) => [path, hash(path)])),
      navigationUrls: [{ positive: true, regex: "^\\/.*$" }],
      navigationRequestStrategy: "performance",
    }));
  },
};

export default defineConfig({
  define: { __VERSION__: JSON.stringify(version) },
  plugins: [
    {
      name: "version",
      transformIndexHtml: (html) => html.replace("%VERSION%", version),
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "version.json", source: JSON.stringify({ version }) });
        this.emitFile({ type: "asset", fileName: "unkept.txt", source: version });
        this.emitFile({ type: "asset", fileName: "plain.css", source: `:root { --version: "${version}"; }` });
      },
    },
    VitePWA({
      injectRegister: null,
      manifest: false,
      workbox: { globPatterns: ["**/*.{js,css,html,json}"], globIgnores: ["ngsw*"], skipWaiting: true, clientsClaim: true },
    }),
    angularWorker,
  ],
});
