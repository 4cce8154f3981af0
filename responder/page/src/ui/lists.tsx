// Answers that are no records: names, a summary, changes, and the lines of help and the like.

import type { Answer } from "../app/answer";
import type { State } from "../app/state";
import { byType, familyOf, meaningOf } from "../language/family";
import type { NameLine, SummaryLine } from "../language/line";
import { filterValue, isAddress, isPrefix, isRange, withTypes, type Question } from "../language/question";
import { useMemo, useRef, useState, useLayoutEffect } from "preact/hooks";
import { EventList } from "./events";
import { Lane } from "./lane";
import { Ask } from "./link";
import { axisOf, AxisPicture, PAPER_LANE_OF_LIST } from "./table";
import { Count, Stored, Unit, visible } from "./text";
import { Time } from "./times";
import { Owner } from "./value";

// The width of the lanes, as the table has laid them out.
function useLaneWidth(printing: boolean) {
  const table = useRef<HTMLTableElement>(null);
  const [width, setWidth] = useState(400);
  useLayoutEffect(() => {
    const measure = () => setWidth(table.current?.querySelector(".axis-cell")?.clientWidth ?? 400);
    measure();
    addEventListener("resize", measure);
    return () => removeEventListener("resize", measure);
  }, []);
  return { table, width: printing ? PAPER_LANE_OF_LIST : width };
}

function LineRow({ line, state, width, children }: { line: NameLine | SummaryLine; state: State; width: number; children: preact.ComponentChildren }) {
  const runs = useMemo(() => [line.run], [line.run]);
  const type = line.kind === "name" ? [...line.types].sort(byType)[0] ?? "" : line.type;
  return (
    <tr class={`r f-${familyOf(type)}`} role="row">
      {children}
      <td role="cell" class="c-lane"><Lane axis={axisOf(state, width)} runs={runs} type={type} /></td>
      <td role="cell" class="c-time"><Time of={line.run.first} /></td>
      <td role="cell" class="c-time"><Time of={line.run.last} /></td>
      <td role="cell" class="c-num"><Count of={line.count} /></td>
    </tr>
  );
}

export function Names({ answer, state }: { answer: Answer; state: State }) {
  const { table, width } = useLaneWidth(state.printing);
  return (
    <table class="rec owners" ref={table} role="table">
      <caption class="sr">Names, with the types that they have had</caption>
      <Head first="Name" state={state} width={width} extra="Types" />
      <tbody role="rowgroup">
        {answer.names.map((line) => (
          <LineRow key={line.owner} line={line} state={state} width={width}>
            <td role="cell" class="c-value"><Owner name={line.owner} />{line.trick && <> <span class="quiet">{visible(line.trick)}</span></>}</td>
            <td role="cell" class="c-types">{[...line.types].sort(byType).map(visible).join(" ")}</td>
          </LineRow>
        ))}
      </tbody>
    </table>
  );
}

export function Summary({ answer, state, question }: { answer: Answer; state: State; question: Question }) {
  const { table, width } = useLaneWidth(state.printing);
  return (
    <table class="rec types" ref={table} role="table">
      <caption class="sr">How many records of each type</caption>
      <Head first="Type" state={state} width={width} extra="Records" />
      <tbody role="rowgroup">
        {inOrder(answer.summary, question).map((line) => (
          <LineRow key={line.type} line={line} state={state} width={width}>
            <td role="cell" class="c-value"><span class="gh"><span class="sw" /><Ask to={withTypes({ ...question, view: isValue(question.subject) ? "pivot" : "history" }, [line.type])}><Stored>{line.type}</Stored></Ask> <span class="quiet">{meaningOf(line.type)}</span></span></td>
            <td role="cell" class="c-types"><Count of={line.values} /><Unit of={line.values} /></td>
          </LineRow>
        ))}
      </tbody>
    </table>
  );
}

// How many distinct records were visible in each month or year.
export function Sums({ answer, question }: { answer: Answer; question: Question }) {
  const most = answer.sums.reduce((high, line) => Math.max(high, line.values), 1);
  const sums = inOrder(answer.sums, question);
  const of = (when: string, type: string): Question => withTypes({ ...question, filters: [`on-${when}`], view: isValue(question.subject) ? "pivot" : "history" }, [type]);
  return (
    <table class="plain sums" role="table">
      <caption class="sr">How many records were visible in each period</caption>
      <thead><tr><th scope="col">When</th><th scope="col">Type</th><th scope="col" class="num">Records</th><th scope="col"><span class="sr">As a bar</span></th></tr></thead>
      <tbody>
        {sums.map((line, at) => (
          <tr key={`${line.when} ${line.type}`} class={`f-${familyOf(line.type)}`}>
            <th scope="row">{sums[at - 1]?.when === line.when ? <span class="sr">{line.when}</span> : line.when}</th>
            <td class="w"><span class="sw" /> <Ask to={of(line.when, line.type)}>{visible(line.type)}</Ask></td>
            <td class="num"><Count of={line.values} /></td>
            <td><svg class="bar" width="100%" height="8" aria-hidden="true"><rect width={`${(line.values / most) * 100}%`} height="8" /></svg></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

// By period, and within it as types stand everywhere on the page; an order that is asked for stays.
function inOrder<Line extends { type: string; when?: string }>(lines: Line[], question: Question): Line[] {
  if (filterValue(question, "sort") !== "") return lines;
  return [...lines].sort((a, b) => (a.when === b.when ? byType(a.type, b.type) : 0));
}

const isValue = (subject: string): boolean => isAddress(subject) || isPrefix(subject) || isRange(subject) || subject.includes("@");

const Head = ({ first, extra, state, width }: { first: string; extra: string; state: State; width: number }) => (
  <thead role="rowgroup">
    <tr role="row">
      <th scope="col" role="columnheader" class="c-value-head">{first}</th><th scope="col" role="columnheader" class="c-types">{extra}</th>
      <th scope="col" role="columnheader" class="c-lane axis-cell"><AxisPicture state={state} axis={axisOf(state, width)} /></th>
      <th scope="col" role="columnheader" class="c-time">First</th><th scope="col" role="columnheader" class="c-time">Last</th><th scope="col" role="columnheader" class="c-num">Count</th>
    </tr>
  </thead>
);

export const ChangesList = ({ answer, state }: { answer: Answer; state: State }) => (
  <section class="events first"><EventList changes={answer.changes} open={state.printing || answer.changes.length <= 40} owners /></section>
);

const MOST_LETTERS = 2000;

// The beginning of a long line; the rest is behind a button.
function PlainLine({ line }: { line: string }) {
  const [opened, setOpened] = useState(false);
  if (opened || line.length <= MOST_LETTERS) return <Stored>{line}</Stored>;
  return <><Stored>{line.slice(0, MOST_LETTERS)}</Stored><button type="button" class="more" onClick={() => setOpened(true)}>{"\u2026 "}{line.length - MOST_LETTERS} more characters</button></>;
}

export function PlainLines({ lines }: { lines: string[] }) {
  return <ul class="plain-lines" role="list">{lines.map((line, at) => <li key={at}><PlainLine line={line} /></li>)}</ul>;
}
