// What appeared and what went, by day, from the `changes` of the name.

import { setDay } from "../app/actions";
import type { State } from "../app/state";
import { byType } from "../language/family";
import type { ChangeLine } from "../language/line";
import type { Question } from "../language/question";
import { clockText, dateText, startOfDay } from "../time/instant";
import { Ask } from "./link";
import { plural, Stored, visible } from "./text";
import { Value } from "./value";

export function Events({ state, question }: { state: State; question: Question }) {
  const { changes, changesMore, changesFailure } = state.around;
  if (changes.length === 0 && changesFailure === "") return null;
  return (
    <section class="events" aria-labelledby="h-events">
      <h2 id="h-events">What appeared and what went {changes.length > 0 && <span class="quiet">{plural(changes.length, "event")}</span>}</h2>
      <EventList changes={changes} open={state.printing} />
      {changesFailure !== "" && <p class="end-of">{changes.length > 0 ? "The rest" : "This"} could not be asked: {visible(changesFailure)}.</p>}
      {changesMore && <p class="end-of">There are more: <Ask to={{ filters: [], view: "changes", subject: question.subject }}>all changes</Ask></p>}
    </section>
  );
}

export function EventList({ changes, open, owners }: { changes: ChangeLine[]; open: boolean; owners?: boolean }) {
  const days = new Map<string, ChangeLine[]>();
  for (const change of [...changes].sort((a, b) => b.time - a.time)) {
    const day = dateText(change.time);
    const list = days.get(day);
    if (list) list.push(change);
    else days.set(day, [change]);
  }
  let year = "";
  return (
    <>
      {[...days].map(([day, list]) => {
        const first = day.slice(0, 4) !== year;
        year = day.slice(0, 4);
        const [came, went] = [list.filter((each) => each.appeared).length, list.filter((each) => !each.appeared).length];
        return (
          <details key={day} open={open || days.size === 1} onToggle={(event) => event.currentTarget.open && days.size > 1 && setDay(startOfDay(list[0]!.time))}>
            <summary><span class="yr">{first ? year : ""}</span><span>{day}</span><span>{came > 0 && `${came} appeared`}{came > 0 && went > 0 && ", "}{went > 0 && `${went} went`}: {[...new Set(list.map((each) => each.type))].sort(byType).join(", ")}</span></summary>
            <table class="ev">
              <tbody>
                {[...list].reverse().map((each) => (
                  <tr key={`${each.time}${each.type}${each.rdata}${each.appeared}`} class={each.appeared ? "" : "gone"}>
                    <th scope="row"><time>{clockText(each.time)}</time></th>
                    <td class="s" aria-label={each.appeared ? "appeared" : "went"}>{each.appeared ? "+" : "\u2212"}</td>
                    <td>{each.type}</td>
                    <td class="v">{owners && <><Stored>{each.owner}</Stored> </>}<Value type={each.type} rdata={each.rdata} most={400} /></td>
                  </tr>
                ))}
              </tbody>
            </table>
          </details>
        );
      })}
    </>
  );
}
