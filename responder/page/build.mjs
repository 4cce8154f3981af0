// Builds the page: node build.mjs [--check]
//
// The sources in src/ become bundle/: index.html, page.js, page.css, page.svg. The bundle is kept with the
// sources, so that the responder is built without Node.js. --check writes nothing: it fails where the kept
// bundle is not what the sources give, and where the types are wrong.

import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const bundle = join(here, "bundle");

async function makeBundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { page: "src/main.tsx", "page.style": "src/style/page.css" },
    bundle: true,
    minify: true,
    format: "esm",
    target: ["chrome123", "firefox120", "safari17.5"],
    charset: "ascii",
    legalComments: "none",
    write: false,
    outdir: "bundle",
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  const files = new Map(result.outputFiles.map((file) => [file.path.endsWith(".css") ? "page.css" : "page.js", file.text]));
  for (const name of ["index.html", "page.svg"]) files.set(name, readFileSync(join(source, name), "utf8"));
  return files;
}

function checkTypes() {
  execFileSync(process.execPath, [join(here, "node_modules/typescript/bin/tsc"), "-p", here], { stdio: "inherit" });
}

const check = process.argv.includes("--check");
checkTypes();
const files = await makeBundle();
let different = 0;
mkdirSync(bundle, { recursive: true });
for (const [name, text] of files) {
  const path = join(bundle, name);
  if (!check) {
    writeFileSync(path, text);
    console.log(`${name} ${Buffer.byteLength(text)} octets`);
    continue;
  }
  let kept = "";
  try {
    kept = readFileSync(path, "utf8");
  } catch {
    // a file that is not there differs
  }
  if (kept === text) continue;
  different += 1;
  console.error(`bundle/${name} is not what the sources give: run "npm ci && node build.mjs" in responder/page`);
}
process.exitCode = different === 0 ? 0 : 1;
