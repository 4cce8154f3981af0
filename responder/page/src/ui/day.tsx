// The name on a day: what changed around it in full, the rest folded; and the way to its addresses.

import { changedOn } from "../app/day";
import { once } from "../app/once";
import { copy, setDay, toEvent } from "../app/actions";
import type { State } from "../app/state";
import { byType, familyOf } from "../language/family";
import { historyOf } from "../language/rdata";
import type { RecordLine } from "../language/line";
import type { Rec } from "../records/record";
import { readQuestion } from "../language/question";
import { addMonths, dateText, DAY, longDate, readDay, startOfDay } from "../time/instant";
import type { Span } from "../time/scale";
import { Field } from "./field";
import { Ask } from "./link";
import { Button, plural, Stored, visible } from "./text";
import { Time } from "./times";
import { Value } from "./value";
import { pivotOf } from "../language/rdata";

export function DayPanel({ state, extent }: { state: State; extent: { first: number; last: number } }) {
  const { day } = state;
  if (day === null) return null;
  const span: Span = { from: startOfDay(extent.first), to: startOfDay(extent.last) };
  return (
    <section class="panel">
      <div class="day">
        <h2 class="sr">The name on a day</h2>
        <div class="pick">
          <button type="button" class="btn" aria-label="To the event before" onClick={() => toEvent(false)}>{"\u2039"}</button>
          <label class="sr" for="day">Day</label>
          <Field
            id="day" type="text" value={dateText(day)} autocomplete="off"
            onCommit={(text) => {
              const typed = readDay(text);
              if (typed !== null) setDay(typed);
            }}
          />
          <button type="button" class="btn" aria-label="To the next event" onClick={() => toEvent(true)}>{"\u203a"}</button>
        </div>
        <input
          type="range" min={span.from / DAY} max={Math.max(span.to / DAY, span.from / DAY + 1)} value={day / DAY} aria-label="Day" aria-valuetext={longDate(day)}
          onInput={(event) => setDay(Number(event.currentTarget.value) * DAY)}
          onKeyDown={(event) => {
            if (!event.shiftKey || !/^Arrow(?:Left|Right)$/.test(event.key)) return;
            event.preventDefault();
            setDay(startOfDay(addMonths(day, event.key === "ArrowLeft" ? -1 : 1)));
          }}
        />
        <div class="ends"><span>{dateText(extent.first)}</span><span>{dateText(extent.last)}</span></div>
        <AsItWas state={state} />
        <p class="key">For a resolver, as a search domain: <Button onClick={() => void copy(`${dateText(day)}.asof.${state.settings.zone}`, "the search domain")}>Copy {dateText(day)}.asof</Button></p>
      </div>
    </section>
  );
}

function AsItWas({ state }: { state: State }) {
  const { dayAnswer, day } = state;
  const end = state.facts?.latest ?? Infinity;
  const subject = state.route.tab === "dns" ? readQuestion(state.route.question)?.subject : undefined;
  if (!dayAnswer || dayAnswer.name !== subject) return null;
  if (dayAnswer.failure) return <p class="key">{dateText(dayAnswer.day)} could not be asked: {visible(dayAnswer.failure)}.</p>;
  const stale = dayAnswer.day !== day;
  const types = [...new Set(dayAnswer.lines.map((line) => line.type))].sort(byType);
  const runsOf = runsByValue(state.answer?.records ?? NO_RECORDS, state.version);
  const changed = (line: RecordLine) => (runsOf.get(valueKey(line)) ?? [line.run]).some((run) => changedOn(run, dayAnswer.day, end));
  const moving = types.filter((type) => dayAnswer.lines.some((line) => line.type === type && changed(line)));
  const still = types.filter((type) => !moving.includes(type));
  const open = types.length <= 4 ? types : moving;
  const folded = types.length <= 4 ? [] : still;
  const row = (type: string) => (
    <div key={type} class={`f-${familyOf(type)}`}>
      <dt><span class="sw" />{type}</dt>
      <dd>{dayAnswer.lines.filter((line) => line.type === type).map((line) => <div key={line.rdata} class={changed(line) ? "new" : undefined}><Value type={type} rdata={line.rdata} most={300} /></div>)}</dd>
    </div>
  );
  return (
    <div aria-busy={stale} class={stale ? "stale" : undefined}>
      {types.length === 0 && dayAnswer.unread === 0 && <p class="key">Nothing of it was visible on {dateText(dayAnswer.day)}.</p>}
      <dl class="at">{open.map(row)}</dl>
      {folded.length > 0 && (
        <details class="still">
          <summary>Not changed that day: {folded.map((type) => `${type} ${dayAnswer.lines.filter((line) => line.type === type).length}`).join(", ")}</summary>
          <dl class="at">{folded.map(row)}</dl>
        </details>
      )}
      {dayAnswer.lines.some(changed) && <p class="key"><i>Underlined</i>: appeared or went that day.</p>}
      {dayAnswer.more && <p class="key">And more: these are the first 99.</p>}
      {dayAnswer.unread > 0 && <p class="key">{plural(dayAnswer.unread, "line")} could not be read.</p>}
      {dayAnswer.chains.map((chain) => (
        <div key={chain.type}>
          <h3>The way to {chain.type}</h3>
          <ol class="chain">
            {chain.steps.map((step) => <li key={step}><Ask to={historyOf(step)} by="CNAME"><Stored>{step}</Stored></Ask></li>)}
            {chain.addresses.map((address) => <li key={address}><Ask to={pivotOf(address)} by={chain.type}><Stored>{address}</Stored></Ask></li>)}
          </ol>
        </div>
      ))}
    </div>
  );
}

const NO_RECORDS: Rec[] = [];
const valueKey = (record: { type: string; rdata: string }): string => `${record.type} ${record.rdata}`;
const runsByValue = once((records: Rec[], _version: number) => new Map(records.map((record) => [valueKey(record), record.runs])));

// Beside a pivot of an address: its reverse name, and the prefix around it.
export function AroundAddress({ state }: { state: State }) {
  const { reverse, wider } = state.around;
  const records = wider?.lines.reduce((sum, line) => sum + (line.values ?? 0), 0) ?? 0;
  if (reverse.length === 0 && records === 0) return null;
  return (
    <>
      {reverse.length > 0 && (
        <section class="panel">
          <h2>Its reverse name</h2>
          {reverse.map((each) => <p key={each.rdata}><Ask to={historyOf(each.rdata)} by="PTR"><Stored>{each.rdata}</Stored></Ask> <span class="quiet"><Time of={each.first} /> {"\u2013"} <Time of={each.last} /></span></p>)}
        </section>
      )}
      {records > 0 && wider && (
        <section class="panel">
          <h2>Around it</h2>
          <p><Ask to={pivotOf(wider.prefix)} by="prefix" class="n">{wider.prefix}</Ask> <span class="quiet">{wider.more ? "more than " : ""}{plural(records, "record")}</span></p>
        </section>
      )}
    </>
  );
}
