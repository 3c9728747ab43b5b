// What a page needs beside its address: the way to the server, and who is signed in. Given once at the top of the tree.

import { createContext, useContext } from "react";
import type { Me } from "../../schemas/dashboard-api.ts";
import { type Api } from "./api/client.ts";

export interface Session {
  api: Api;
  me: Me;
  /** The current instant; given, so that one clock decides what is today. */
  now: () => Date;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("A page is drawn outside of a session.");
  return session;
}
