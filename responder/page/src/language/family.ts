// Record types: the six families that share a colour, their order on the page, and a few words for each.

export type Family = "address" | "alias" | "delegation" | "mail" | "text" | "service";

const FAMILIES: Record<Family, string[]> = {
  address: ["A", "AAAA"],
  alias: ["CNAME", "DNAME", "PTR"],
  delegation: ["NS", "SOA", "DS", "DNSKEY", "CDS", "CDNSKEY"],
  mail: ["MX"],
  text: [],
  service: ["HTTPS", "SVCB", "SRV", "TLSA", "NAPTR"],
};

const ORDER = ["A", "AAAA", "CNAME", "NS", "SOA", "DS", "MX", "TXT", "CAA"];

const OTHERS = ["AFSDB", "AMTRELAY", "APL", "CERT", "CSYNC", "DHCID", "DLV", "EUI48", "EUI64", "HINFO", "HIP", "IPSECKEY", "KEY", "KX", "LOC", "MB", "MD", "MF", "MG", "MINFO", "MR", "NSEC", "NSEC3", "NSEC3PARAM", "NULL", "OPENPGPKEY", "RP", "RRSIG", "RT", "SIG", "SMIMEA", "SPF", "SSHFP", "URI", "WHOIS", "WKS", "X25", "ZONEMD"];

// A record type as the language writes it, in any case.
export function isKnownType(text: string): boolean {
  const type = text.toUpperCase();
  return /^TYPE\d{1,5}$/.test(type) || ORDER.includes(type) || OTHERS.includes(type) || Object.values(FAMILIES).some((types) => types.includes(type));
}

const MEANINGS: Record<string, string> = {
  A: "IPv4 addresses", AAAA: "IPv6 addresses", CNAME: "another name for it", DNAME: "another name for all below it", NS: "name servers",
  SOA: "the zone\u2019s own record", DS: "the keys its parent vouches for", DNSKEY: "the zone\u2019s keys", MX: "mail hosts", TXT: "text",
  CAA: "who may issue certificates", HTTPS: "how to reach the web site", SVCB: "how to reach a service", SRV: "hosts of a service",
  PTR: "names of an address", TLSA: "certificates of a service", NAPTR: "rules of rewriting", NSEC: "the next name of the zone", WHOIS: "who registered it",
};

export function familyOf(type: string): Family {
  for (const [family, types] of Object.entries(FAMILIES)) if (types.includes(type)) return family as Family;
  return "text";
}

export const meaningOf = (type: string): string => MEANINGS[type] ?? "";

export function byType(a: string, b: string): number {
  const place = (type: string) => (ORDER.indexOf(type) + 1 || ORDER.length + 1);
  return place(a) - place(b) || (a < b ? -1 : a > b ? 1 : 0);
}
