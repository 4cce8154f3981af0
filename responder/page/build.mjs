// Builds the page: node build.mjs [--check]
//
// The sources in src/ become bundle/: index.html, start.js, page.js, page.css, page.svg. The bundle is kept with
// the sources, so that the responder is built without Node.js. --check writes nothing: it fails where the kept
// bundle is not what the sources give, and where the types are wrong.

import { build } from "esbuild";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const bundle = join(here, "bundle");

const settings = {
  absWorkingDir: here,
  bundle: true,
  charset: "ascii",
  legalComments: "none",
  write: false,
  outdir: "bundle",
  jsx: "automatic",
  jsxImportSource: "preact",
};
const forBrowsers = { ...settings, minify: true, target: ["chrome123", "firefox120", "safari17.5"] };

async function makeBundle() {
  const files = new Map();
  const add = async (name, options) => files.set(name, (await build(options)).outputFiles[0].text);
  files.set("index.html", readFileSync(join(source, "index.html"), "utf8").replace("<!-- shell -->", await shell()));
  await add("start.js", { ...forBrowsers, entryPoints: ["src/start.ts"], format: "iife" });
  await add("page.js", { ...forBrowsers, entryPoints: ["src/main.tsx"], format: "esm" });
  await add("page.css", { ...forBrowsers, entryPoints: ["src/style/page.css"] });
  files.set("page.svg", readFileSync(join(source, "page.svg"), "utf8"));
  return files;
}

// The page before anything is asked, as the page's own parts draw it.
async function shell() {
  const { outputFiles } = await build({ ...settings, entryPoints: ["src/shell.tsx"], format: "esm", platform: "node" });
  const module = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
  return module.shell();
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
