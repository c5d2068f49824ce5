import { readFileSync } from "node:fs";

export default {
  output: "export",
  env: { VERSION: readFileSync(new URL("version.txt", import.meta.url), "utf8").trim() },
};
