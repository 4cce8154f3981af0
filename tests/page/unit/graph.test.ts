// The graph stays small and says what is shared.

import assert from "node:assert/strict";
import { test } from "node:test";
import { addLine, addPivotLine, addThing, emptyGraph, nameId, tiesOf, valueId } from "../../../responder/page/src/graph/graph";
import { layOutGraph } from "../../../responder/page/src/graph/layout";
import type { RecordLine } from "../../../responder/page/src/language/line";

const line = (owner: string, type: string, rdata: string): RecordLine =>
  ({ kind: "record", owner, type, rdata, run: { first: 1, last: 2, zone: false }, runs: [], count: 1, sources: [] });

test("words that half of all names share are no ties", () => {
  assert.deepEqual(tiesOf(line("a.", "TXT", '"v=spf1 include:b.example -all"')), []);
  assert.deepEqual(tiesOf(line("a.", "TXT", '"owl-verify=7c41e9d2"')), [{ value: "owl-verify=7c41e9d2", kind: "token" }]);
  assert.deepEqual(tiesOf(line("a.", "SOA", "ns1.b. j\\.doe.c.d. 1 2 3 4 5")), [{ value: "j.doe@c.d", kind: "mailbox" }]);
});

function busy(names: number) {
  const graph = emptyGraph();
  addThing(graph, nameId("start.test."), "", "name", 1, 2);
  addLine(graph, line("start.test.", "NS", "ns1.busy.example."));
  for (let n = 0; n < names; ++n) {
    addPivotLine(graph, "ns1.busy.example", line(`n${n}.test.`, "NS", "ns1.busy.example."));
    addLine(graph, line(`n${n}.test.`, "A", `192.0.2.${n % 7}`));
    addLine(graph, line(`n${n}.test.`, "TXT", `"only-${n}=${n * 7}"`));
  }
  graph.way = [nameId("start.test"), valueId("ns1.busy.example")];
  return graph;
}

test("a busy name server is never more than 40 boxes, in four columns", () => {
  for (const names of [3, 30, 500]) {
    const layout = layOutGraph(busy(names));
    assert.ok(layout.boxes.length <= 40, `${names} names: ${layout.boxes.length}`);
    assert.deepEqual(layout.columns, [0, 1, 2, 3]);
    const places = layout.boxes.map((box) => `${box.column} ${box.row}`);
    assert.equal(new Set(places).size, places.length);
    const things = layout.boxes.reduce((sum, box) => sum + box.things.length, 0);
    assert.ok(things >= names, "nothing is left out");
  }
});

test("the way is drawn whatever is grouped, and what two share has a heavy border", () => {
  const layout = layOutGraph(busy(500));
  assert.equal(layout.edges.filter((edge) => edge.way).length, 1);
  assert.ok(layout.boxes.find((box) => box.id === valueId("ns1.busy.example"))!.shared);
});

test("what two of many names share is not hidden by what each has alone", () => {
  const graph = busy(40);
  for (let n = 0; n < 40; ++n) for (let k = 0; k < 5; ++k) addLine(graph, line(`n${n}.test.`, "MX", `10 mx${n}-${k}.example.`));
  for (const name of ["n3.test.", "n31.test."]) addLine(graph, line(name, "TXT", '"owl-verify=7c41e9d2"'));
  const layout = layOutGraph(graph);
  const box = (id: string) => layout.boxes.find((each) => each.things.some((thing) => thing.id === id))!;
  for (const id of [valueId("owl-verify=7c41e9d2"), nameId("n3.test"), nameId("n31.test")]) assert.equal(box(id).things.length, 1, id);
  assert.ok(layout.boxes.length <= 40);
});

test("more than six with the same neighbours are one group", () => {
  const graph = emptyGraph();
  for (let n = 0; n < 9; ++n) addPivotLine(graph, "192.0.2.1", line(`n${n}.test.`, "A", "192.0.2.1"));
  graph.way = [valueId("192.0.2.1")];
  const layout = layOutGraph(graph);
  assert.deepEqual(layout.boxes.map((box) => box.label).sort(), ["192.0.2.1", "9 names under .test"]);
});
