import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const version = readFileSync(new URL("version.txt", import.meta.url), "utf8").trim();

export default defineConfig({
  define: { __VERSION__: JSON.stringify(version) },
  build: { assetsInlineLimit: 0 },
  plugins: [
    react(),
    {
      name: "version",
      transformIndexHtml: (html) => html.replace("%VERSION%", version),
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "version.json", source: JSON.stringify({ version }) });
      },
    },
  ],
});
