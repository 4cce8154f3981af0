// Serves the page without the responder's own HTTP, for whoever works on the page:
//
//     node tests/page/dev_server.mjs --dns 127.0.0.1@5300 [--zonegen PROGRAM --store FOLDER] [--port 8480]
//
// The files of responder/page/bundle, with the fields that the responder sends; POST /dns-query, handed on
// over TCP; and /dnsdb/v2/lookup from `dnshist-zonegen export`, where a store is given.

import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const bundle = join(dirname(fileURLToPath(import.meta.url)), "../../responder/page/bundle");
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml" };
const FIELDS = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

// One message over TCP (RFC 1035, 4.2.2).
function askOverTcp(host, port, message) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    const parts = [];
    socket.setTimeout(10_000, () => socket.destroy(new Error("time out")));
    socket.on("error", reject);
    socket.on("data", (part) => {
      parts.push(part);
      const all = Buffer.concat(parts);
      if (all.length < 2 || all.length < 2 + all.readUInt16BE(0)) return;
      socket.destroy();
      resolve(all.subarray(2, 2 + all.readUInt16BE(0)));
    });
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    socket.write(Buffer.concat([length, message]));
  });
}

const bodyOf = async (request) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
};

function streamRecords(response, { zonegen, store }, path) {
  const [, , , , kind, by, value, type] = path.split("/");
  const subject = decodeURIComponent(value ?? "");
  if (kind !== "rrset" || by !== "name" || !zonegen) {
    response.writeHead(404).end("Error: not in this server\n");
    return;
  }
  response.writeHead(200, { "content-type": "application/x-ndjson" });
  response.write('{"cond":"begin"}\n');
  const program = spawn(zonegen, ["--store", store, "export", "--format", "cof", subject]);
  let rest = "";
  program.stdout.on("data", (part) => {
    const lines = (rest + part).split("\n");
    rest = lines.pop();
    const kept = lines.filter((line) => !type || line.includes(`"rrtype":"${type}"`));
    if (kept.length > 0) response.write(kept.map((line) => `{"obj":${line}}\n`).join(""));
  });
  program.on("close", (code) => response.end(code === 0 ? '{"cond":"succeeded"}\n' : '{"cond":"failed","msg":"export"}\n'));
}

// Starts it; `settings`: dns "127.0.0.1@5300", zonegen, store, port (0: a free one).
export function startDevServer(settings) {
  const [host, port] = settings.dns.split("@");
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    for (const [name, value] of Object.entries(FIELDS)) response.setHeader(name, value);
    try {
      if (url.pathname === "/dns-query" && request.method === "POST") {
        const answer = await askOverTcp(host, Number(port), await bodyOf(request));
        response.writeHead(200, { "content-type": "application/dns-message", "cache-control": "no-store" }).end(answer);
      } else if (url.pathname.startsWith("/dnsdb/v2/lookup/")) {
        streamRecords(response, settings, url.pathname);
      } else if (url.pathname === "/page.json") {
        response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ zones: ["pdns.local"], listen: [settings.dns] }));
      } else {
        const name = url.pathname === "/" ? "index.html" : url.pathname.slice(1);
        if (!/^[a-z]+\.(?:html|js|css|svg)$/.test(name)) throw Object.assign(new Error("no such file"), { status: 404 });
        response.writeHead(200, { "content-type": TYPES[name.split(".").pop()] }).end(readFileSync(join(bundle, name)));
      }
    } catch (error) {
      response.writeHead(error.status ?? (error.code === "ENOENT" ? 404 : 502)).end(`Error: ${error.message}\n`);
    }
  });
  return new Promise((resolve) => {
    server.listen(settings.port ?? 0, "127.0.0.1", () =>
      resolve({ url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const settings = { port: 8480 };
  for (let at = 2; at + 1 < process.argv.length; at += 2) settings[process.argv[at].replace(/^--/, "")] = process.argv[at + 1];
  if (!settings.dns) throw new Error("--dns ADDRESS@PORT of a dnshist-responder is needed");
  const { url } = await startDevServer({ ...settings, port: Number(settings.port) });
  console.log(url);
}
