// Names of other scripts as a person reads them.

// The reading of a name in punycode, for people; null where there is none (RFC 3492).
export function unicodeOf(name: string): string | null {
  if (!/(?:^|\.)xn--/i.test(name)) return null;
  const labels = name.split(".").map((label) => (/^xn--/i.test(label) ? decode(label.slice(4)) ?? label : label));
  const reading = labels.join(".");
  return reading === name ? null : reading;
}

// One label without `xn--`; null where it is malformed.
function decode(text: string): string | null {
  const dash = text.lastIndexOf("-");
  const output = dash > 0 ? [...text.slice(0, dash)].map((each) => each.codePointAt(0)!) : [];
  let [code, bias, place] = [128, 72, 0];
  for (let at = dash > 0 ? dash + 1 : 0; at < text.length; ) {
    const before = place;
    let weight = 1;
    for (let k = 36; ; k += 36) {
      const digit = at < text.length ? "abcdefghijklmnopqrstuvwxyz0123456789".indexOf(text[at++]!.toLowerCase()) : -1;
      if (digit < 0 || digit * weight > 0x7fffffff) return null;
      place += digit * weight;
      const threshold = Math.min(Math.max(k - bias, 1), 26);
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const length = output.length + 1;
    let delta = Math.floor((place - before) / (before === 0 ? 700 : 2));
    delta += Math.floor(delta / length);
    let k = 0;
    for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
    bias = k + Math.floor((36 * delta) / (delta + 38));
    code += Math.floor(place / length);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return null;
    output.splice(place % length, 0, code);
    place = (place % length) + 1;
  }
  return String.fromCodePoint(...output);
}
