// Starts the page: reads what the server says of itself, then the question in the address.

import { hydrate, render } from "preact";
import { currentQuestion, enter } from "./app/actions";
import { onKey } from "./app/keys";
import { readWay } from "./app/pivots";
import { loadProjects } from "./app/projects";
import { currentRows } from "./app/rows";
import { readFacts, readSettings } from "./app/server";
import { drawNow, onUpdate, state, update, type Step } from "./app/state";
import { savedTheme } from "./app/theme";
import { writeQuestion } from "./language/question";
import { Page } from "./ui/page";

const root = document.getElementById("page")!;
onUpdate(() => {
  render(<Page state={state} />, root);
  document.title = state.route.tab === "dns" && state.route.question ? `${state.route.question} - dnshist` : "dnshist";
  followWay();
});

// The graph follows the way: it is read where a pivot is shown, and not before.
let drawnWay = "";
function followWay(): void {
  const question = currentQuestion();
  if (!question || state.answer?.asking !== false || state.answer.records.length === 0) return;
  if (question.view !== "pivot" && !(question.view === "history" && state.path.length > 1)) return;
  const here: Step = { question: writeQuestion(question), subject: question.subject, by: "" };
  const way = [...state.path, here].map((step) => step.subject).join("\t");
  if (way === drawnWay) return;
  drawnWay = way;
  void readWay(state.path, here);
}

addEventListener("popstate", (event) => enter(event.state as { path?: Step[] } | null, false));
addEventListener("keydown", (event) => onKey(event, currentRows(state)));
const paper = matchMedia("print");
paper.addEventListener("change", () => drawNow({ printing: paper.matches }));
addEventListener("beforeprint", () => drawNow({ printing: true }));
addEventListener("afterprint", () => drawNow({ printing: false }));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => update({}));

// The markup of index.html is taken over as it is; from then on the page is drawn from the state.
state.theme = savedTheme();
hydrate(<Page state={state} />, root);
void readSettings().then(async (settings) => {
  update({ settings });
  enter(history.state as { path?: Step[] } | null, true);
  document.documentElement.classList.remove("asked");
  void loadProjects();
  update({ facts: await readFacts(settings.zone) });
});
