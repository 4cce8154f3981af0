// Builds the unit tests with the page's own compiler and runs them: node tests/page/unit.mjs

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { buildSync } = createRequire(join(here, "../../responder/page/package.json"))("esbuild");
const out = mkdtempSync(join(tmpdir(), "page-unit-"));
try {
  const tests = readdirSync(join(here, "unit")).map((name) => join(here, "unit", name));
  buildSync({ entryPoints: tests, bundle: true, platform: "node", format: "esm", outdir: out, outExtension: { ".js": ".mjs" }, nodePaths: [join(here, "../../responder/page/node_modules")] });
  process.exitCode = spawnSync(process.execPath, ["--test", ...readdirSync(out).map((name) => join(out, name))], { stdio: "inherit" }).status ?? 1;
} finally {
  rmSync(out, { recursive: true });
}
