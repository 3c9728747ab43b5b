// Whose word is taken for who a caller is: the setting ASSAY_TRUSTED_IDENTITY_HEADERS, a list of `cidr=header`. A header is believed
// only on a connection that itself comes from that network; what stands in X-Forwarded-For says nothing about that.

import { isIP } from "node:net";
import { z } from "zod";

const ENTRIES_MAX = 100;
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** They have another meaning, and what is believed is not forwarded. */
const TAKEN_NAME =
  /^(?:x-assay-.*|authorization|x-api-key|x-goog-api-key|api-key|host|connection|content-.*|transfer-encoding)$/;
const MESSAGE =
  "cidr=header, separated by commas: 10.0.0.0/8=x-forwarded-email. The network is not everybody's, and the header has no other meaning";

export interface TrustedHeader {
  /** The network's address, and how many bits of it count. */
  address: string;
  prefixBits: number;
  family: "ipv4" | "ipv6";
  /** In lower case. Its value is the person's e-mail address. */
  header: string;
}

export const trustedHeadersSchema = z.string().transform((list, context): TrustedHeader[] => {
  const entries = list.split(",").map((entry) => parseEntry(entry.trim()));
  if (entries.length <= ENTRIES_MAX && entries.every((entry) => entry !== undefined)) return entries;
  context.addIssue({ code: "custom", message: MESSAGE });
  return z.NEVER;
});

function parseEntry(entry: string): TrustedHeader | undefined {
  const [, address = "", bits = "", name = ""] = /^([0-9a-fA-F.:]+)\/(\d{1,3})=(.+)$/.exec(entry) ?? [];
  const version = isIP(address);
  const header = name.toLowerCase();
  const prefixBits = Number(bits);
  if (version === 0 || prefixBits === 0 || prefixBits > (version === 4 ? 32 : 128)) return undefined;
  if (!HEADER_NAME.test(header) || TAKEN_NAME.test(header)) return undefined;
  return { address, prefixBits, family: version === 4 ? "ipv4" : "ipv6", header };
}
