// Names and messages as octets (RFC 1035).

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressText, readAnswer, writeQuery } from "../../../responder/page/src/dns/message";
import { NameError, nameToWire, readName } from "../../../responder/page/src/dns/name";

const hex = (octets: Uint8Array) => Buffer.from(octets).toString("hex");
const octets = (text: string) => new Uint8Array(Buffer.from(text.replace(/\s/g, ""), "hex"));

test("a name is its labels, each after its length", () => {
  assert.equal(hex(nameToWire("mx.a")), "026d78016100");
  assert.equal(hex(nameToWire("mx.a.")), "026d78016100");
  assert.equal(hex(nameToWire(".")), "00");
});

test("escapes are read, other scripts are UTF-8", () => {
  assert.equal(hex(nameToWire("a\\.b\\032")), "04612e622000");
  assert.equal(hex(nameToWire("\u00e1")), "02c3a100");
});

test("what is no name is said to be none", () => {
  assert.throws(() => nameToWire("a..b"), NameError);
  assert.throws(() => nameToWire("a".repeat(64)), /64 octets/);
  assert.throws(() => nameToWire(Array(60).fill("abcde").join(".")), NameError);
});

test("a question has EDNS and asks for recursion of nobody", () => {
  assert.equal(hex(writeQuery("a", 16)), "00000100000100000000000101610000100001" + "000029ffff000000000000");
});

const header = "0000 8583 0001 0001 0000 0001";
const question = "016104 6c6f6e67 00 0010 0001";

test("an answer has its code, its text joined, and extended errors", () => {
  const answer = readAnswer(octets(`${header} ${question} c00c 0010 0001 00000005 0006 02 4869 02 0021 000029 04d0 00000000 0008 000f 0004 0012 6e6f`))!;
  assert.equal(answer.rcode, 3);
  assert.deepEqual(answer.records, [{ owner: "a.long.", type: 16, ttl: 5, value: "Hi\\000!", octets: octets("48690021") }]);
  assert.deepEqual(answer.errors, [{ code: 18, text: "no" }]);
});

test("a message that is cut anywhere is refused or read, and never throws", () => {
  const whole = octets(`${header} ${question} c00c 0010 0001 00000005 0006 02 4869 02 0021 000029 04d0 00000000 0008 000f 0004 0012 6e6f`);
  for (let length = 0; length < whole.length; ++length) assert.equal(readAnswer(whole.subarray(0, length)), null, `${length}`);
});

test("a compression pointer goes backwards only", () => {
  assert.equal(readName(octets("c000"), 0), null);
  assert.equal(readName(octets("0161c002c000"), 0), null);
  assert.equal(readName(octets("0161 00 0162 c000"), 3)!.name, "b.a.");
});

test("an IPv6 address is written as in RFC 5952", () => {
  assert.equal(addressText(octets("20010db8000000000000000000000001")), "2001:db8::1");
  assert.equal(addressText(octets("20010db8000000010001000100010001")), "2001:db8:0:1:1:1:1:1");
  assert.equal(addressText(octets("00000000000000000000000000000000")), "::");
});
