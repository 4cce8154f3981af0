// The head of the page: where one can go, what is in the store, and the colours.

import { PIVOTS_HREF, projectHref } from "../app/route";
import type { State } from "../app/state";
import { chooseTheme, THEMES } from "../app/theme";
import { To } from "./link";
import { Count } from "./text";
import { Time } from "./times";

const Mark = () => (
  <svg width="18" height="16" viewBox="0 0 18 16" aria-hidden="true">
    <rect class="b1" x="0" y="1" width="7" height="3" /><rect class="b1" x="10" y="1" width="8" height="3" />
    <rect class="b1" x="3" y="7" width="9" height="3" /><rect class="b1" x="7" y="13" width="11" height="3" />
    <rect class="b2" x="13.5" y="5.5" width="2" height="6" />
  </svg>
);

export function Mast({ state }: { state: State }) {
  const { route, facts } = state;
  const last = state.answer?.text ?? "";
  return (
    <header class="mast">
      <div class="wrap">
        <To href="#/" class="brand"><Mark />dnshist</To>
        <nav aria-label="Main">
          <ul>
            <li><To href={`#/${encodeURIComponent(last)}`} current={route.tab === "dns"}>DNS</To></li>
            <li><To href={PIVOTS_HREF} current={route.tab === "pivots"}>Pivots</To></li>
            <li><To href={projectHref("")} current={route.tab === "projects"}>Projects</To></li>
          </ul>
        </nav>
        {facts && <p class="store"><Count of={facts.records} /> records of <Count of={facts.names} /> names, to <Time of={facts.latest} /></p>}
        <fieldset class="theme">
          <legend class="sr">Colours</legend>
          {THEMES.map((theme) => (
            <span key={theme}>
              <input class="sr" type="radio" name="theme" id={`theme-${theme}`} checked={state.theme === theme} onChange={() => chooseTheme(theme)} />
              <label for={`theme-${theme}`}>{theme}</label>
            </span>
          ))}
        </fieldset>
      </div>
    </header>
  );
}
