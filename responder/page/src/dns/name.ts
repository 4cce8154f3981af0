// Domain names between text and the wire (RFC 1035, 3.1 and 5.1).

export class NameError extends Error {}

const encoder = new TextEncoder();

// The octets of a name in presentation form, with `\.` and `\ddd` read; the final dot may be left out.
export function nameToWire(text: string): Uint8Array {
  const labels: number[][] = [];
  let label: number[] = [];
  const end = () => {
    if (label.length === 0) throw new NameError("This has two dots with nothing between them, or begins with a dot.");
    if (label.length > 63) {
      throw new NameError(`A part between two dots is ${label.length} octets long; 63 is the most in DNS. Write its beginning and *.`);
    }
    labels.push(label);
    label = [];
  };
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at)!;
    const character = String.fromCodePoint(code);
    at += character.length;
    if (character === ".") {
      if (!(text === ".")) end();
    } else if (character === "\\" && /^\d{3}/.test(text.slice(at))) {
      label.push(Number(text.slice(at, at + 3)) & 255);
      at += 3;
    } else if (character === "\\" && at < text.length) {
      label.push(...encoder.encode(text[at]));
      at += 1;
    } else {
      label.push(...encoder.encode(character));
    }
  }
  if (label.length > 0) end();
  const wire = new Uint8Array(labels.reduce((sum, each) => sum + each.length + 1, 1));
  if (wire.length > 255) throw new NameError(`The question is ${wire.length} octets long; a name in DNS has 255 at most.`);
  let at = 0;
  for (const each of labels) {
    wire[at++] = each.length;
    wire.set(each, at);
    at += each.length;
  }
  return wire;
}

// Octets as presentation form writes them: printable ASCII as it is, all else as `\ddd`.
export function octetsToText(octets: Iterable<number>, special = ""): string {
  let text = "";
  for (const octet of octets) {
    const character = String.fromCharCode(octet);
    if (octet < 0x20 || octet > 0x7e) text += "\\" + String(octet).padStart(3, "0");
    else text += special.includes(character) ? "\\" + character : character;
  }
  return text;
}

// The name at an offset of a message and where it ends; null where it is malformed. Compression
// pointers go backwards only, so that the walk ends.
export function readName(message: Uint8Array, from: number): { name: string; end: number } | null {
  let text = "";
  let end = -1;
  let at = from;
  let before = from;
  for (;;) {
    const length = message[at];
    if (length === undefined) return null;
    if ((length & 0xc0) === 0xc0) {
      const low = message[at + 1];
      if (low === undefined) return null;
      if (end < 0) end = at + 2;
      at = ((length & 0x3f) << 8) | low;
      if (at >= before) return null;
      before = at;
    } else if (length > 63 || at + 1 + length > message.length) {
      return null;
    } else {
      if (length === 0) return { name: text === "" ? "." : text, end: end < 0 ? at + 1 : end };
      text += octetsToText(message.subarray(at + 1, at + 1 + length), '.\\"') + ".";
      at += 1 + length;
    }
  }
}
