// An attack: what is tried, as the bytes of one connection, and what has to happen.

import type { TokenEvent } from "../../schemas/token-event.ts";
import type { Cast, GatewayName, Owner, Spent } from "./bench.ts";

/** What has to happen, request by request. */
export interface Ending {
  statuses: number[];
  owners: Owner[];
  spent: Spent[];
}

export interface Attack extends Ending {
  /** A sentence without a full stop. */
  tried: string;
  /** `open` unless said. */
  gateway?: GatewayName;
  bytes: (cast: Cast) => string;
  /** What the provider has to see all the same, because it is the client's own business. */
  forwarded?: string;
  /** What the provider must not see. */
  withheld?: string;
  /** What has to stand in the event besides. */
  event?: (cast: Cast) => Partial<TokenEvent>;
}

export const CHAT = "/v1/chat/completions";
const BODY = '{"model":"m"}';

/** A request with these lines after its own, on a connection that ends with it. */
export function post(path: string, lines: readonly string[] = [], body = BODY): string {
  const length = `Content-Length: ${Buffer.byteLength(body)}`;
  return [`POST ${path} HTTP/1.1`, "Host: gateway", "Connection: close", length, ...lines, "", body].join(
    "\r\n",
  );
}

/** The same, after which the connection stays open for the next one. */
export function postAndStay(path: string, lines: readonly string[] = []): string {
  return post(path, lines).replace("Connection: close\r\n", "");
}

/** The call goes through, and is somebody's. */
export function passes(owner: Owner, spent: Spent): Ending {
  return { statuses: [200], owners: [owner], spent: [spent] };
}

/** The gateway turns it away: no call, and nothing reaches the provider. */
export function refused(status: number): Ending {
  return { statuses: [status], owners: [], spent: [] };
}
