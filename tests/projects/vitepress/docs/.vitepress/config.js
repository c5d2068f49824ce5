import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

const version = readFileSync(new URL("../../version.txt", import.meta.url), "utf8").trim();

export default defineConfig({
  title: "VitePress site",
  description: `Version ${version}`,
  head: [["meta", { name: "version", content: version }]],
  cleanUrls: true,
  themeConfig: { search: { provider: "local" } },
});
