// What Kafka's clients send through a proxy (tcp-proxy.ts), so far as tests break it: requests to store messages.
// Format: https://kafka.apache.org/protocol.html#protocol_messages (a length of 4 bytes, then the key of the request in 2).

import type { Inspect, Link } from "./tcp-proxy.ts";

const LENGTH_BYTES = 4;
const HEAD_BYTES = LENGTH_BYTES + 2;
const PRODUCE = 0;

/** Calls `act` for each request to store messages, before the broker has all of it. */
export function onProduce(act: (link: Link) => void): Inspect {
  return (link) => {
    let head = Buffer.alloc(0);
    let bodyBytesLeft = 0;
    return (bytes) => {
      let rest = bytes;
      while (rest.length > 0) {
        const skipped = Math.min(bodyBytesLeft, rest.length);
        bodyBytesLeft -= skipped;
        rest = rest.subarray(skipped);
        const taken = rest.subarray(0, HEAD_BYTES - head.length);
        if (bodyBytesLeft > 0 || taken.length === 0) continue;
        head = Buffer.concat([head, taken]);
        rest = rest.subarray(taken.length);
        if (head.length < HEAD_BYTES) continue;
        if (head.readInt16BE(LENGTH_BYTES) === PRODUCE) act(link);
        bodyBytesLeft = head.readInt32BE(0) + LENGTH_BYTES - HEAD_BYTES;
        head = Buffer.alloc(0);
      }
    };
  };
}
