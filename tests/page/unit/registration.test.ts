// Registrations in words, and what leads on from them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { registrationFacts } from "../../../responder/page/src/language/registration";
import { partsOf, pivotOf } from "../../../responder/page/src/language/rdata";
import { writeQuestion } from "../../../responder/page/src/language/question";

test("a contact and a registrar in words", () => {
  assert.deepEqual(registrationFacts('registrant j\\.doe.inbox.test. "Owl; Ltd" "IANA 1068" "more"'), [
    ["Role", "Registrant"], ["Mailbox", "j.doe@inbox.test"], ["Organisation", "Owl; Ltd"], ["Registrar", "IANA 1068"], ["Also", "more"],
  ]);
  assert.deepEqual(registrationFacts('registrar . "Nest Inc" "IANA 1068" "created=20190601T120000Z" "expires=soon"'), [
    ["Role", "Registrar"], ["Name", "Nest Inc"], ["Number", "IANA 1068"], ["Created", "2019-06-01 12:00:00Z"], ["Also", "expires=soon"],
  ]);
  assert.deepEqual(registrationFacts(""), []);
});

test("its mailbox and its words lead to registrations, and the mailbox to zones too", () => {
  const pivots = partsOf("WHOIS", 'registrant j\\.doe.inbox.test. "Owl Ltd" ""').flatMap((part) => (part.pivot ? [writeQuestion(pivotOf(part.pivot, "WHOIS"))] : []));
  assert.deepEqual(pivots, ["soa.rp.whois.pivot.j.doe@inbox.test", "whois.pivot.Owl", "whois.pivot.Ltd"]);
  assert.equal(writeQuestion(pivotOf("j.doe@inbox.test", "SOA")), "pivot.j.doe@inbox.test");
});
