// A value: RDATA with each name, address, mailbox and token as a link of its own; or the owner of a record.

import { useState } from "preact/hooks";
import { historyOf, partsOf, pivotOf } from "../language/rdata";
import { unicodeOf } from "../language/punycode";
import { Ask } from "./link";
import { Stored, visible } from "./text";

// `most` characters are shown; the rest is behind a button.
export function Value({ type, rdata, most, onMore }: { type: string; rdata: string; most?: number; onMore?: () => void }) {
  const [opened, setOpened] = useState(false);
  const cut = most !== undefined && rdata.length > most && !opened;
  const text = cut ? rdata.slice(0, most) : rdata;
  const left = rdata.length - text.length;
  const quiet = (part: { quiet?: boolean }) => (part.quiet ? "num-part" : undefined);
  return (
    <>
      {cut ? (
        <Stored>{text}</Stored>
      ) : (
        partsOf(type, text).map((part, at) =>
          part.pivot ? (
            <Ask key={at} to={pivotOf(part.pivot, type)} by={type}><bdi>{visible(part.text)}</bdi></Ask>
          ) : (
            <bdi key={at} class={quiet(part)}>{visible(part.text)}</bdi>
          ))
      )}
      {cut && <button type="button" class="more" onClick={onMore ?? (() => setOpened(true))}>{"\u2026 "}{left} more characters</button>}
    </>
  );
}

export function Owner({ name, by, below }: { name: string; by?: string; below?: string }) {
  const reading = unicodeOf(name);
  const short = below && name.endsWith("." + below) ? name.slice(0, -below.length - 1) : name;
  return (
    <>
      <Ask to={historyOf(name)} by={by ?? "name"}><Stored>{short}</Stored></Ask>
      {reading && <span class="quiet"> reads <Stored>{reading}</Stored></span>}
    </>
  );
}
