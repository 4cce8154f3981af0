// Runs before anything is painted: the colours that were chosen, and no words of welcome where the address is a
// question. The markup of index.html is painted then, and the page follows.

import { readRoute } from "./app/route";
import { savedTheme, showTheme } from "./app/theme";

showTheme(savedTheme());
const route = readRoute(location.hash);
if (route.tab !== "dns" || route.question !== "") document.documentElement.classList.add("asked");

// The page follows when the first paint can be seen, so that the two do not wait for each other. Nothing is
// painted in a tab that is not looked at, and some browsers tell of no paint.
const PAGE = "/page.js"; // a module of its own, not a part of this one
let begun = false;
function begin(): void {
  if (!begun) void import(PAGE);
  begun = true;
}
const toldOfPaint = PerformanceObserver.supportedEntryTypes.includes("paint");
if (document.hidden || !toldOfPaint) begin();
else {
  new PerformanceObserver(begin).observe({ type: "paint", buffered: true });
  setTimeout(begin, 1000);
}
