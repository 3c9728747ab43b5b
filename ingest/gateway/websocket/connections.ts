// The WebSockets of a gateway, so that it can end them: unlike HTTP's, their sockets are not the server's any more.

import type { Connection } from "./connection.ts";

/** Each holds two sockets, and up to a message of each direction. */
export const CONNECTIONS_MAX = 4096;

export interface Connections {
  readonly areFull: boolean;
  add(connection: Connection): void;
  delete(connection: Connection): void;
  /** Closes each as soon as it has no response under way, also those that are yet to come. */
  drain(): void;
  /** Ends all at once, and those that are yet to come. */
  breakOff(): void;
}

export function createConnections(): Connections {
  const open = new Set<Connection>();
  let end: "drain" | "breakOff" | undefined;

  function endAll(how: "drain" | "breakOff"): void {
    end = how;
    for (const connection of open) connection[how]();
  }

  return {
    get areFull() {
      return open.size >= CONNECTIONS_MAX;
    },
    add(connection) {
      open.add(connection);
      if (end) connection[end]();
    },
    delete: (connection) => open.delete(connection),
    drain: () => endAll("drain"),
    breakOff: () => endAll("breakOff"),
  };
}
