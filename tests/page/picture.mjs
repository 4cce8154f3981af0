// Makes the picture of README.md, responder/page/page.png, from the sample: node tests/page/picture.mjs
//
// The history of harbour.example, and the name on 12 August 2023.

import { join } from "node:path";
import { answered, launch, open, project, sample, serve, settled } from "./servers.mjs";

const [browser, server] = await Promise.all([launch(), serve(sample)]);
const page = await open(browser, server, "history.harbour.example", { viewport: { width: 1280, height: 1000 }, colorScheme: "light" });
await answered(page);
await page.fill("#day", "2023-08-12");
await page.press("#day", "Enter");
await page.waitForSelector(".chain >> text=203.0.113.66");
await settled(page);
await page.evaluate(() => document.activeElement.blur());
await page.screenshot({ path: join(project, "responder/page/page.png") });
await browser.close();
await server.close();
