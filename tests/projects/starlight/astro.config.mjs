import { readFileSync } from "node:fs";
import starlight from "@astrojs/starlight";
import { defineConfig, passthroughImageService } from "astro/config";

const version = readFileSync(new URL("version.txt", import.meta.url), "utf8").trim();

export default defineConfig({
  image: { service: passthroughImageService() },
  integrations: [
    starlight({
      title: "Starlight site",
      head: [{ tag: "meta", attrs: { name: "version", content: version } }],
    }),
  ],
});
