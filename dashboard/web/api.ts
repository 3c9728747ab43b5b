// The one way to the dashboard's server: same-origin JSON under /api/v1, every answer checked against the schema that the
// server answers by, every failure one ApiError.
//
// Always holds: nothing is retried here (the query client decides, by `retry`), and nothing of an answer is used unchecked.

import type { z } from "zod";
import { AppError, ERROR_STATUS, type ErrorCode } from "../../schemas/app-error.ts";
import {
  createdKeySchema,
  keysSchema,
  meSchema,
  type newKeySchema,
  problemSchema,
  type rotateKeySchema,
  rotatedKeySchema,
  runsPageSchema,
  usageSchema,
} from "../../schemas/dashboard-api.ts";
import {
  type newRunClassSchema,
  runCallsPageSchema,
  runClassSchema,
  runSchema,
  runToolsPageSchema,
} from "../../schemas/run-api.ts";
import { type NewSchedule, scheduleSchema, schedulesSchema } from "../../schemas/schedule-api.ts";
import type { Days } from "./prepare/usage-view.ts";

export type NewKey = z.infer<typeof newKeySchema>;
export type NewRunClass = z.infer<typeof newRunClassSchema>;
export type KeyRotation = z.input<typeof rotateKeySchema>;
export type CreatedKey = z.infer<typeof createdKeySchema>;
export type Api = ReturnType<typeof createApi>;

/** What failed, with the reference under which the server's log has the cause; null where the server was not reached. */
export class ApiError extends AppError {
  readonly reference: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    options: { retry: boolean; reference: string | null; cause?: unknown },
  ) {
    super(code, message, options);
    this.reference = options.reference;
  }
}

const BASE = "/api/v1";
/** A slow answer is better than none, but not for ever. */
const REQUEST_TIMEOUT_MS = 30_000;

export function createApi(fetch: typeof globalThis.fetch) {
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await reach(fetch, `${BASE}${path}`, {
      method,
      headers: body === undefined ? { accept: "application/json" } : JSON_HEADERS,
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (!response.ok) throw await toApiError(response);
    return response;
  };
  const get = async <Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> =>
    parseAnswer(await send("GET", path), schema);

  return {
    signIn: async (token: string): Promise<void> => void (await send("POST", "/sign-in", { token })),
    signOut: async (): Promise<void> => void (await send("DELETE", "/sessions/current", {})),
    me: () => get("/me", meSchema),
    usage: (personId: string, { from, to }: Days) =>
      get(`${personPath(personId)}/usage?${new URLSearchParams({ from, to }).toString()}`, usageSchema),
    runs: (personId: string, cursor: string | null) =>
      get(
        `${personPath(personId)}/runs${cursor === null ? "" : `?${new URLSearchParams({ cursor }).toString()}`}`,
        runsPageSchema,
      ),
    run: (personId: string, runId: string) => get(runPath(personId, runId), runSchema),
    runCalls: (personId: string, runId: string) =>
      get(`${runPath(personId, runId)}/calls`, runCallsPageSchema),
    runTools: (personId: string, runId: string, which: "all" | "outside") =>
      get(`${runPath(personId, runId)}/tools${which === "all" ? "" : "?reach=outside"}`, runToolsPageSchema),
    correctRunClass: async (personId: string, runId: string, newClass: NewRunClass) =>
      parseAnswer(await send("POST", `${runPath(personId, runId)}/class`, newClass), runClassSchema),
    withdrawRunClass: async (personId: string, runId: string) =>
      parseAnswer(await send("DELETE", `${runPath(personId, runId)}/class`, {}), runClassSchema),
    schedules: (personId: string) => get(`${personPath(personId)}/schedules`, schedulesSchema),
    addSchedule: async (personId: string, schedule: NewSchedule) =>
      parseAnswer(await send("POST", `${personPath(personId)}/schedules`, schedule), scheduleSchema),
    endSchedule: async (personId: string, scheduleId: string): Promise<void> =>
      void (await send("DELETE", `${personPath(personId)}/schedules/${encodeURIComponent(scheduleId)}`, {})),
    keys: (personId: string) => get(`${personPath(personId)}/keys`, keysSchema),
    createKey: async (personId: string, key: NewKey): Promise<CreatedKey> =>
      parseAnswer(await send("POST", `${personPath(personId)}/keys`, key), createdKeySchema),
    rotateKey: async (personId: string, keyId: string, rotation: KeyRotation) =>
      parseAnswer(await send("POST", `${keyPath(personId, keyId)}/rotate`, rotation), rotatedKeySchema),
    revokeKey: async (personId: string, keyId: string): Promise<void> =>
      void (await send("DELETE", keyPath(personId, keyId), {})),
  };
}

/** Whether a failure means that the session is over or never was. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof AppError && error.code === "unauthenticated";
}

/** What a page may have to tell apart; any other failure is a request or a server that is at fault. */
const CODES = [
  "unauthenticated",
  "not_found",
  "conflict",
  "too_many_requests",
  "unavailable",
  "timeout",
] as const;
const JSON_HEADERS = { accept: "application/json", "content-type": "application/json" };

function personPath(personId: string): string {
  return `/people/${encodeURIComponent(personId)}`;
}

function keyPath(personId: string, keyId: string): string {
  return `${personPath(personId)}/keys/${encodeURIComponent(keyId)}`;
}

function runPath(personId: string, runId: string): string {
  return `${personPath(personId)}/runs/${encodeURIComponent(runId)}`;
}

async function reach(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (cause) {
    throw new ApiError("unavailable", "Assay could not be reached.", { retry: true, reference: null, cause });
  }
}

async function parseAnswer<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): Promise<z.output<Schema>> {
  const answer = schema.safeParse(await readJson(response));
  if (answer.success) return answer.data;
  throw new ApiError("internal", "Assay's answer could not be read.", {
    retry: false,
    reference: null,
    cause: answer.error,
  });
}

async function toApiError(response: Response): Promise<ApiError> {
  const problem = problemSchema.safeParse(await readJson(response));
  return new ApiError(toErrorCode(response.status), problem.data?.detail ?? "Assay could not answer.", {
    // A server that is not there yet may answer the second time; one that failed will fail again.
    retry: response.status > 500,
    reference: problem.data?.reference ?? null,
  });
}

/** Undefined where a body is not JSON: a proxy in between answers in its own words. */
async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    return undefined;
  }
}

function toErrorCode(status: number): ErrorCode {
  return CODES.find((code) => ERROR_STATUS[code] === status) ?? (status >= 500 ? "internal" : "bad_request");
}
