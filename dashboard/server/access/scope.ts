// Who may see and do what: one table of accesses, through which every request to the API goes.
//
// A route names its access, and its handler gets what that access grants (http/route.ts). Beneath it, a handler's transactions
// in Postgres act as the person who asks (schemas/postgres/scope.ts): a statement that forgot whom it is about finds nothing of
// anybody else. ClickHouse has no such floor, so there a question takes whom it is about as a parameter of a type that only this
// file makes.
//
// Always holds: what reads a person's data takes a `SubjectId`, what reads the organisation's an `OrganisationScope`, and what reads
// the flow of records an `OperatorScope`; a route that was not let through here does not compile. Somebody else's id, an id
// of nobody and a text that is no id get the same answer, so that ids can't be probed.

import { z } from "zod";
import { AppError } from "../../../schemas/app-error.ts";
import type { PostgresStore, Transactions } from "../../../schemas/postgres/open.ts";
import { actAs } from "../../../schemas/postgres/scope.ts";
import type { Session } from "./sessions.ts";

declare const allowed: unique symbol;
/** The id of a person whose data the session may read. */
export type SubjectId = string & { readonly [allowed]: "subject" };
/** Leave to read what groups of people did, and never one of them: the smallest group that may be shown. */
export type OrganisationScope = number & { readonly [allowed]: "organisation" };
/** Leave to read how records flow, without whose they are. */
export type OperatorScope = true & { readonly [allowed]: "operator" };

/** For the parameters of questions to ClickHouse. Only their types differ from plain ones: the values were decided on here. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const subjectIdParam = z.uuid() as unknown as z.ZodType<SubjectId, SubjectId>;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const organisationParam = z.int().min(5) as unknown as z.ZodType<OrganisationScope, OrganisationScope>;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const operatorParam = z.literal(true) as unknown as z.ZodType<OperatorScope, OperatorScope>;

interface SignedIn {
  session: Session;
  /** Postgres, narrowed to the person who asks. */
  store: Transactions;
}

/** What each access grants. */
export interface Grants {
  /** No session is asked for: signing in, and what describes the API. */
  anyone: { session: Session | undefined };
  /** What everybody who has signed in may know, and what is theirs by their session alone. */
  signed_in: SignedIn;
  /** Data of the person whom the address names, for that person. */
  subject: SignedIn & { subjectId: SubjectId };
  /** Patterns that are open to the person who asks: managers of people, and the officer while a contest waits. */
  reviewer: SignedIn;
  /** Totals of teams for whoever leads people, above the minimum group. */
  manager: SignedIn & { organisation: OrganisationScope };
  /** Totals of the organisation above the minimum group; people, teams and settings. */
  owner: SignedIn & { organisation: OrganisationScope };
  /** The whole audit. */
  officer: SignedIn;
  /** The switch of individual scoring: the officer's, who speaks for the people concerned, and the owner's. */
  governor: SignedIn & { organisation: OrganisationScope };
  /** The flow of records, and the keys of services. Of nobody's figures. */
  operator: SignedIn & { operator: OperatorScope };
}
export type Access = keyof Grants;

/** Who asks, and for whom. */
export interface Asker {
  session: Session | undefined;
  /** Of the address; undefined where it names nobody. */
  personId: string | undefined;
  postgres: PostgresStore;
  minGroup: number;
}

/** @throws AppError `unauthenticated`, `not_found` for anybody else's data, `forbidden` for a role that the person has not */
export function grant<A extends Access>(access: A, asker: Asker): Grants[A] {
  return GRANTS[access](asker);
}

const GRANTS: { [A in Access]: (asker: Asker) => Grants[A] } = {
  anyone: ({ session }) => ({ session }),
  signed_in: signedIn,
  subject(asker) {
    const who = signedIn(asker);
    const { personId = "" } = asker;
    if (!mayRead(who.session, personId)) throw noSuchPerson();
    return { ...who, subjectId: personId };
  },
  // Which patterns those are is said by their table's policies; to everybody else there are none.
  reviewer: signedIn,
  manager: (asker) => ({
    ...requireRight(asker, ({ isManager }) => isManager),
    organisation: toOrganisationScope(asker),
  }),
  owner: (asker) => ({
    ...requireRight(asker, ({ role }) => role === "owner"),
    organisation: toOrganisationScope(asker),
  }),
  officer: (asker) => requireRight(asker, ({ role }) => role === "officer"),
  governor: (asker) => ({
    ...requireRight(asker, ({ role }) => role === "officer" || role === "owner"),
    organisation: toOrganisationScope(asker),
  }),
  operator: (asker) => ({
    // Where nobody was made operator, it is the owner who runs the service.
    ...requireRight(asker, ({ role }) => role === "operator" || role === "owner"),
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    operator: true as OperatorScope,
  }),
};

/** Everybody reads their own data, and nobody reads anybody else's: not their manager's, and not the owner. */
function mayRead(session: Session, subjectPersonId: string): subjectPersonId is SubjectId {
  return session.personId === subjectPersonId;
}

function signedIn({ session, postgres }: Asker): SignedIn {
  if (session === undefined) {
    const message =
      "You are not signed in, or your session is over. Sign in with a link: npx assay login-link you@example.com";
    throw new AppError("unauthenticated", message);
  }
  return { session, store: actAs(postgres, session.personId) };
}

function requireRight(asker: Asker, hasRight: (session: Session) => boolean): SignedIn {
  const who = signedIn(asker);
  if (!hasRight(who.session)) throw new AppError("forbidden", "This is not for your role. Ask the owner.");
  return who;
}

function toOrganisationScope({ minGroup }: Asker): OrganisationScope {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return minGroup as OrganisationScope;
}

function noSuchPerson(): AppError {
  return new AppError("not_found", "There is nothing here for you. Check the address.");
}
