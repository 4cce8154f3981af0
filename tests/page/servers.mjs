// The programs that a test of the page needs: a store, a responder, the page's server, a browser.

import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { startDevServer } from "./dev_server.mjs";

export const project = join(dirname(fileURLToPath(import.meta.url)), "../..");
const build = process.env.DNSHIST_BUILD ?? join(project, "build/dev");
const responder = join(build, "responder/dnshist-responder");
const zonegen = join(build, "zonegen/dnshist-zonegen");
export const sample = join(project, "contrib/sample/harbour.cof.ndjson");
const shared = process.env.DNSHIST_SHARED_DATA ?? join(project, "../shared/data");
export const rootZone = join(shared, "cof/root-zone-2019-2020.runs.cof.ndjson");

export const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync);

// A responder with a store of what the feed has; the feed is a path, or lines. Its own HTTP serves the page.
// `settings` are further lines of its configuration.
export async function serve(feed, settings = "") {
  const folder = mkdtempSync(join(tmpdir(), "page-test-"));
  const store = join(folder, "store");
  let path = feed;
  if (Array.isArray(feed)) {
    path = join(folder, "feed.cof.ndjson");
    writeFileSync(path, feed.map((line) => JSON.stringify(line) + "\n").join(""));
  }
  mkdirSync(store);
  const made = spawnSync(zonegen, ["--store", store, "import", path], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`import: ${made.stderr}${made.stdout}`);
  const config = join(folder, "dnshist.toml");
  writeFileSync(config, '[responder]\nzones = ["pdns.local."]\nlisten = ["127.0.0.1@0"]\n' + settings + '[http]\nlisten = ["127.0.0.1@0"]\n');
  const program = spawn(responder, ["--config", config, "--store", store], { stdio: ["ignore", "ignore", "pipe"] });
  const [dns, http] = await new Promise((resolve, reject) => {
    let log = "";
    program.stderr.on("data", (part) => {
      log += part;
      const web = /listening on (127\.0\.0\.1@\d+) \(http\)/.exec(log);
      const plain = /listening on (127\.0\.0\.1@\d+) \(udp/.exec(log);
      if (web && plain) resolve([plain[1], web[1]]);
    });
    program.on("close", () => reject(new Error(`the responder ended: ${log}`)));
  });
  const close = async () => {
    program.removeAllListeners("close");
    program.kill("SIGTERM");
    await new Promise((resolve) => program.on("close", resolve));
    rmSync(folder, { recursive: true, force: true });
  };
  return { url: `http://${http.replace("@", ":")}`, dns, store, close };
}

// The same with a stream of records, where the responder itself has none.
export async function serveStream(feed) {
  const server = await serve(feed);
  if ((await fetch(`${server.url}/dnsdb/v2/ping`)).ok) return server;
  const page = await startDevServer({ dns: server.dns, zonegen, store: server.store });
  return { ...server, url: page.url, close: async () => (page.close(), await server.close()) };
}

export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });

// A page that keeps what went wrong in it: errors, refusals of the policy, requests to anywhere else.
export async function open(browser, server, question = "", options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ["clipboard-read", "clipboard-write"], acceptDownloads: true, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => (faults.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  page.on("console", (message) => message.type() === "error" && !/Failed to load resource/.test(message.text()) && faults.push(`console: ${message.text()}`));
  page.on("request", (request) => new URL(request.url()).origin !== server.url && !/^(?:blob|data):/.test(request.url()) && faults.push(`asked ${request.url()}`));
  let waiting = 0;
  page.on("request", () => (waiting += 1));
  for (const event of ["requestfinished", "requestfailed"]) page.on(event, () => (waiting -= 1));
  await page.goto(`${server.url}/#/${question}`);
  return Object.assign(page, { faults, waiting: () => waiting });
}

// The answer to a question has come.
export async function answered(page) {
  await page.waitForFunction(() => document.querySelector(".rec, .state, .events, .sums, .at-view, .plain-lines") && !document.querySelector(".waiting"));
}

// Nothing is asked any more, and all is drawn: three frames, since an answer leads to further questions.
export async function settled(page) {
  const frame = () => page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
  for (let quiet = 0; quiet < 3; quiet = page.waiting() > 0 ? 0 : quiet + 1) await frame();
}

export const question = async (page) => (await page.locator(".question output").innerText()).replace(/\s+/g, " ").trim();
export const copied = (page) => page.evaluate(() => navigator.clipboard.readText());
