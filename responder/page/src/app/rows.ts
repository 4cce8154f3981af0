// The rows that are shown, worked out once for each state of the records and the question.

import { arrange, printedRows, rowsOf, type Row } from "../records/order";
import type { Rec } from "../records/record";
import { readQuestion } from "../language/question";
import { once } from "./once";
import type { State } from "./state";

const arranged = once((records: Rec[], _version: number, name: string): Rec[] => {
  const question = readQuestion(name);
  return question ? arrange(records, question) : records;
});
const rows = once((records: Rec[], toggled: ReadonlySet<string>): Row[] => rowsOf(records, toggled));

const printed = once(printedRows);

export function shownRecords(state: State): Rec[] {
  const name = state.route.tab === "dns" ? state.route.question : "";
  return state.answer ? arranged(state.answer.records, state.version, name) : [];
}

export const currentRows = (state: State): Row[] => (state.shown === "lines" || state.route.tab !== "dns" ? [] : state.printing ? printed(shownRecords(state)) : rows(shownRecords(state), state.toggled));
