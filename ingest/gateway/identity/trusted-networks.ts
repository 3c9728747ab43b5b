// Which headers name a person, on the connection on which a call came: those that ASSAY_TRUSTED_IDENTITY_HEADERS gives to the
// network of its other end. What the client says of where it is (X-Forwarded-For, Forwarded, Host) counts for nothing.
//
// Always holds: an IPv4 address is one also where the socket tells it as IPv6 (::ffff:10.0.0.1). A connection whose other end
// is not known is in no network.

import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { TrustedHeader } from "../../../schemas/trusted-headers.ts";

/** The names, in lower case, of the headers that are believed from that address. */
export type TrustedHeadersOf = (remoteAddress: string | undefined) => ReadonlySet<string>;

const NONE: ReadonlySet<string> = new Set();

export function createTrustedNetworks(trustedHeaders: readonly TrustedHeader[]): TrustedHeadersOf {
  if (trustedHeaders.length === 0) return () => NONE;
  const networks = trustedHeaders.map(({ address, prefixBits, family, header }) => {
    const network = new BlockList();
    network.addSubnet(address, prefixBits, family);
    return { network, family, header };
  });
  return (remoteAddress) => {
    const peer = toPeer(remoteAddress);
    if (!peer) return NONE;
    const inNetwork = networks.filter(
      ({ network, family }) => family === peer.family && network.check(peer.address, peer.family),
    );
    return inNetwork.length === 0 ? NONE : new Set(inNetwork.map(({ header }) => header));
  };
}

/** Without the zone of a link-local address (`fe80::1%eth0`), which says nothing of the network. */
function toPeer(remoteAddress: string = ""): { address: string; family: "ipv4" | "ipv6" } | undefined {
  const [bare = ""] = remoteAddress.split("%", 1);
  const address = bare.toLowerCase().startsWith("::ffff:") && isIPv4(bare.slice(7)) ? bare.slice(7) : bare;
  if (isIPv4(address)) return { address, family: "ipv4" };
  return isIPv6(address) ? { address, family: "ipv6" } : undefined;
}
