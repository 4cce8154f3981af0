// What the page knows of its server: the zone that it answers, and how much is in its store.

import { readPage } from "../records/pages";

export interface Settings {
  zone: string; // without the final dot
  server: string; // "-p 5300 @127.0.0.1" of a dig command; empty where it is not told
}

export interface Facts {
  names: number;
  records: number;
  earliest: number;
  latest: number;
  written: string;
}

// /page.json: {"zones": ["pdns.local"], "listen": ["127.0.0.1@5300"]}. Without it the zone is pdns.local.
export async function readSettings(): Promise<Settings> {
  const settings = { zone: "pdns.local", server: "" };
  try {
    const response = await fetch("/page.json");
    const told = response.ok ? ((await response.json()) as { zones?: string[]; listen?: string[] }) : {};
    if (told.zones?.[0]) settings.zone = told.zones[0].replace(/\.$/, "");
    const listen = /^(.+)@(\d+)$/.exec(told.listen?.[0] ?? "");
    if (listen) settings.server = `@${/^(?:0\.0\.0\.0|::)$/.test(listen[1]!) ? location.hostname : listen[1]} ${listen[2] === "53" ? "" : `-p ${listen[2]} `}`;
  } catch {
    // the usual zone stands
  }
  return settings;
}

// stats.ZONE; null where it cannot be read.
export async function readFacts(zone: string): Promise<Facts | null> {
  try {
    const { lines } = await readPage("stats", zone);
    const told = new Map(lines.map((line) => (line.kind === "plain" ? (line.text.split(" ") as [string, string]) : ["", ""])));
    const time = (word: string) => Date.parse(told.get(word) ?? "") / 1000 || 0;
    if (!told.has("records")) return null;
    return {
      names: Number(told.get("names")), records: Number(told.get("records")), earliest: time("earliest"), latest: time("latest"), written: told.get("written") ?? "",
    };
  } catch {
    return null;
  }
}
