// Runs before anything is painted: the colours that were chosen, and no words of welcome where the address is a
// question. What index.html has is painted then, and the page follows.

import { readRoute } from "./app/route";
import { savedTheme, showTheme } from "./app/theme";

showTheme(savedTheme());
const route = readRoute(location.hash);
if (route.tab !== "dns" || route.question !== "") document.documentElement.classList.add("asked");

const PAGE = "/page.js"; // a module of its own, not a part of this one
const begin = () => void import(PAGE);
// Nothing is painted in a tab that is not looked at.
if (document.hidden) begin();
else requestAnimationFrame(() => setTimeout(begin));
