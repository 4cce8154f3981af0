// The page as it is before anything is asked, as text: build.mjs writes it into index.html, so that a browser
// paints it before the script has come. The script takes it over as it is.

import { renderToString } from "preact-render-to-string";
import { state } from "./app/state";
import { Page } from "./ui/page";

export const shell = (): string => renderToString(<Page state={state} />);
