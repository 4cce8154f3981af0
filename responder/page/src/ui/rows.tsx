// The rows of the table: a group's head, a record, and the details below it.

import { Fragment } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { copy, setDay } from "../app/actions";
import { changedOn } from "../app/day";
import { update } from "../app/state";
import { addToProject } from "../app/projects";
import { familyOf, meaningOf } from "../language/family";
import { registrationFacts } from "../language/registration";
import { historyOf, partsOf, pivotOf } from "../language/rdata";
import { keyOf, type Rec } from "../records/record";
import type { Row } from "../records/order";
import { asCof, lineOf } from "../report/copies";
import { dateAndClock, durationText, startOfDay } from "../time/instant";
import { Lane, runText, type Axis } from "./lane";
import { Ask } from "./link";
import { Button, Count, grouped, Stored, visible } from "./text";
import { Time } from "./times";
import { Owner, Value } from "./value";

// How rows look: a history has one owner and shows values; a pivot shows owners; many names show both.
export interface Look {
  owners: boolean;
  values: boolean;
  perRun: boolean;
  subject: string; // of a pivot: a value that is no more than this is not said again
}

const saysMore = (record: Rec, look: Look): boolean => look.values && record.rdata.toLowerCase() !== `${look.subject.toLowerCase()}.`;

export const rowText = (record: Rec, look: Look): string =>
  `${look.owners ? record.owner : ""}${look.owners ? "  " : ""}${saysMore(record, look) ? record.rdata : ""}`;

type GroupProps = { row: Row & { kind: "group" }; place: number; axis: Axis; timeline: boolean; toggled: ReadonlySet<string>; focused: boolean };

const NO_RUNS: never[] = [];

export function GroupRow({ row, place, axis, timeline, toggled, focused }: GroupProps) {
  const toggle = () => {
    const next = new Set(toggled);
    if (!next.delete(row.type)) next.add(row.type);
    update({ toggled: next });
  };
  return (
    <tr class={`g f-${familyOf(row.type)}`} role="row" aria-rowindex={place + 2} data-row={place} tabIndex={focused ? 0 : -1}>
      <th scope="rowgroup" role="rowheader">
        <button type="button" class="gh" aria-expanded={row.open} onClick={toggle}>
          <span class="sw" />{row.type} <span class="quiet"><Count of={row.records.length} />{meaningOf(row.type) && ` \u00b7 ${meaningOf(row.type)}`}{row.open ? "" : ", closed"}</span>
        </button>
      </th>
      {timeline && <td role="cell" class="c-lane"><Lane axis={axis} runs={NO_RUNS} type={row.type} group={row.records} onDay={(time) => setDay(startOfDay(time))} /></td>}
      <td role="cell" class="c-time" /><td role="cell" class="c-time" />
      <td role="cell" class="c-num quiet">{row.count > 0 && <Count of={row.count} />}</td>
    </tr>
  );
}

interface RecordProps {
  record: Rec;
  place: number;
  axis: Axis;
  timeline: boolean;
  look: Look;
  open: boolean;
  day: number | null;
  end: number;
  most: number;
  lines: number;
  focused: boolean;
}

export function RecordRow({ record, place, axis, timeline, look, open, day, end, most, lines, focused }: RecordProps) {
  const on = day !== null && record.runs.some((run) => changedOn(run, day, end));
  const toggle = () => update({ open: open ? null : keyOf(record), focus: place });
  const by = look.owners && !look.values ? record.type : "name";
  return (
    <tr
      class={`r f-${familyOf(record.type)}${on ? " on" : ""}${open ? " opened" : ""}`} role="row" aria-rowindex={place + 2} data-row={place} tabIndex={focused ? 0 : -1}
      onClick={(event) => {
        if ((event.target as Element).closest("a, button") || getSelection()?.toString()) return;
        toggle();
      }}
    >
      <td role="cell" class="c-value">
        <button type="button" class="opener" aria-expanded={open} aria-label={`Details of ${visible(rowText(record, look).slice(0, 80))}`} tabIndex={-1} onClick={toggle}>{open ? "\u2212" : "+"}</button>
        {look.owners && <Owner name={record.owner} by={by} />}
        {look.owners && " "}
        {saysMore(record, look) && <Value type={record.type} rdata={record.rdata} most={most} onMore={toggle} />}
        {record.type === "MX" && record.rdata === "0 ." && <span class="quiet"> no mail</span>}
      </td>
      {timeline && <td role="cell" class="c-lane"><Lane axis={axis} runs={record.runs} lines={lines} type={record.type} onDay={(time) => setDay(startOfDay(time))} /></td>}
      <td role="cell" class="c-time"><Time of={record.first} /></td>
      <td role="cell" class="c-time"><Time of={record.last} /></td>
      <td role="cell" class="c-num">{record.seconds === undefined ? <Count of={record.count} /> : durationText(record.seconds)}</td>
    </tr>
  );
}

export function Detail({ record, columns, onHeight }: { record: Rec; columns: number; onHeight: (height: number) => void }) {
  const row = useRef<HTMLTableRowElement>(null);
  useLayoutEffect(() => onHeight(row.current?.getBoundingClientRect().height ?? 0));
  const visibleFor = record.runs.reduce((sum, run) => sum + run.last - run.first, 0);
  const fact = (label: string, value: preact.ComponentChildren) => <Fragment key={label}><dt>{label}</dt><dd>{value}</dd></Fragment>;
  const pivots = partsOf(record.type, record.rdata).filter((part) => part.pivot && part.kind !== "number");
  return (
    <tr class="detail" role="row" ref={row}>
      <td colSpan={columns} role="cell">
        <dl class="facts">
          {record.type === "WHOIS" && registrationFacts(record.rdata).map(([label, value]) => fact(label, <Stored>{value}</Stored>))}
          {fact("First", dateAndClock(record.first))}
          {fact("Last", dateAndClock(record.last))}
          {record.seconds !== undefined && fact("Together", `${durationText(record.seconds)} (${grouped(record.seconds)} s)`)}
          {record.seconds === undefined && fact("Visible", record.runsUnknown ? "its runs are not known" : `${durationText(visibleFor)}, ${record.runs.length === 1 ? "one run" : `${record.runs.length} runs`}`)}
          {record.seconds === undefined && fact("Count", <Count of={record.count} />)}
          {record.sources.map((source, at) => (
            <div class="source" key={at}>
              {source.bailiwick && fact("Bailiwick", <Stored>{source.bailiwick}</Stored>)}
              {source.sensor && fact("Sensor", <Stored>{source.sensor}</Stored>)}
              {source.origin && fact("Origin", <Stored>{source.origin}</Stored>)}
            </div>
          ))}
        </dl>
        <p class="whole"><Stored>{`${record.owner} ${record.type} ${record.rdata}`}</Stored></p>
        {(record.runs.length > 1 || record.runs[0]?.zone) && <ul class="runs">{record.runs.map((run) => <li key={run.first}>{runText(run)}</li>)}</ul>}
        <div class="acts">
          {pivots.slice(0, 4).map((part) => <Ask key={part.pivot} class="btn" to={pivotOf(part.pivot!, record.type)} by={record.type}>Who else had <bdi class="n">{visible(part.pivot!.slice(0, 60))}</bdi></Ask>)}
          <Ask class="btn" to={historyOf(record.owner)} by="name">History of the name</Ask>
          <Button onClick={() => void addToProject(pivots[0]?.pivot ?? record.owner)}>Add to project</Button>
          <Button onClick={() => void copy(lineOf(record), "the record")}>Copy record</Button>
          <Button onClick={() => void copy(asCof([record]).trim(), "the record as COF")}>Copy as COF</Button>
        </div>
      </td>
    </tr>
  );
}
