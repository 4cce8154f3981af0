// The axis, its ticks, lanes, and the rows in sight.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_PRINTED, printedRows, rowsOf } from "../../../responder/page/src/records/order";
import { heightsOf, inSight, linesOf, rowAt } from "../../../responder/page/src/records/window";
import { addMonths, durationText, readDay, readTime, timeText } from "../../../responder/page/src/time/instant";
import { fit, setEnd, timeAt, xOf, zoom } from "../../../responder/page/src/time/scale";
import { ticksOf } from "../../../responder/page/src/time/ticks";
import { beyond, cover, density, layOut, silences } from "../../../responder/page/src/timeline/lanes";

const scale = { from: 0, to: 1000, width: 100 };
const run = (first: number, last: number, zone = false) => ({ first, last, zone });

test("what is shorter than can be drawn is a pin at its middle, and pins of a pixel are one", () => {
  const lane = layOut([run(100, 110), run(112, 114), run(500, 900)], scale);
  assert.deepEqual(lane.marks, [{ kind: "pin", x: 11, width: 3, zone: false }, { kind: "bar", x: 50, width: 40, zone: false }]);
});

test("between two runs is a gap, whatever is out of sight", () => {
  assert.deepEqual(layOut([run(-900, -500), run(500, 600)], scale).gaps, [{ from: 0, to: 50 }]);
  assert.deepEqual(layOut([run(-900, -500)], scale), { marks: [], gaps: [] });
  const wide = layOut([run(-9000, 9000)], scale).marks[0]!;
  assert.ok(wide.x >= -2 && wide.width <= 104);
});

test("a group's lane is the union of its runs", () => {
  const records = [{ runs: [run(100, 300)] }, { runs: [run(200, 400), run(800, 810)] }];
  assert.deepEqual(cover(records, scale), [{ x: 10, width: 31 }, { x: 80, width: 2 }]);
  assert.equal(density(records, scale)[25], 2);
  assert.deepEqual(silences(records, 300), [{ from: 400, to: 800 }]);
});

test("ticks are whole periods, and labels do not touch", () => {
  const year = (y: number) => Date.UTC(y, 0, 1) / 1000;
  for (const [from, to] of [[year(1990), year(2026)], [year(2020), year(2021)], [year(2020), year(2020) + 86400], [year(2020), year(2020) + 7200 * 4]] as const) {
    const ticks = ticksOf({ from, to, width: 400 });
    assert.ok(ticks.length > 0 && ticks.length < 40, `${ticks.length}`);
    const labels = ticks.filter((tick) => tick.label);
    for (let at = 1; at < labels.length; ++at) assert.ok(labels[at]!.x - labels[at - 1]!.x > labels[at - 1]!.label.length * 5);
  }
  assert.deepEqual(ticksOf({ from: year(2020), to: year(2024), width: 240 }).map((tick) => tick.label), ["2020", "2021", "2022", "2023", ""]);
});

test("zoom keeps the time under the pointer, and stays within the whole", () => {
  const whole = fit(0, 1e9);
  const near = zoom(whole, 0.5, 5e8, whole);
  assert.ok(Math.abs(xOf({ ...near, width: 100 }, 5e8) - xOf({ ...whole, width: 100 }, 5e8)) < 0.01);
  assert.deepEqual(zoom(near, 100, 5e8, whole), whole);
  const ended = setEnd(whole, "from", 2e9, whole);
  assert.ok(ended.from < ended.to);
  assert.equal(timeAt(scale, 50), 500);
});

test("times are read and written", () => {
  assert.equal(timeText(0), "1970-01-01T00:00:00Z");
  assert.equal(timeText(1e15).slice(0, 4), "9999");
  assert.equal(readDay("2023-02-30"), null);
  assert.equal(readDay("20230812"), Date.UTC(2023, 7, 12) / 1000);
  assert.equal(readTime("90d", 90 * 86400), 0);
  assert.equal(durationText(32077), "8 h 54 min");
  assert.equal(timeText(addMonths(Date.UTC(2024, 2, 31) / 1000, -1)).slice(0, 10), "2024-02-29");
});

test("on paper groups are open, up to a bound", () => {
  const record = (type: string, n: number) => ({ owner: "a.", type, rdata: `${n}`, first: 0, last: 1, count: 1, runs: [], sources: [] });
  const many = [...Array(300).keys()].flatMap((n) => [record("A", n), record("MX", n)]);
  const count = (rows: ReturnType<typeof rowsOf>) => rows.filter((row) => row.kind === "record").length;
  assert.equal(count(rowsOf(many, new Set())), 0);
  assert.equal(count(printedRows(many)), 600);
  assert.equal(count(printedRows([...Array(MOST_PRINTED + 9).keys()].map((n) => record("A", n)))), MOST_PRINTED);
});

test("of 100,000 rows those in sight are found", () => {
  const heights = heightsOf(100_000, (row) => (row % 10 === 0 ? 44 : 24));
  const sight = inSight(heights, 1_300_000, 900);
  assert.ok(sight.to - sight.from < 90);
  assert.ok(heights.top[sight.from]! <= 1_300_000 && heights.top[sight.to]! >= 1_300_900);
  assert.equal(rowAt(heights, 0), 0);
  assert.equal(linesOf(0, 40), 1);
  assert.equal(linesOf(81, 40), 3);
  assert.equal(linesOf(60_000, 40), 4);
});

test("runs outside the window are before or after it", () => {
  const scale = { from: 100, to: 200, width: 100 };
  const runs = (...times: [number, number][]) => times.map(([first, last]) => ({ first, last, zone: false }));
  assert.deepEqual([runs([10, 20], [30, 90]), runs([210, 220]), runs([10, 20], [210, 220]), runs([90, 110]), []].map((each) => beyond(each, scale)), [-1, 1, 0, 0, 0]);
});
