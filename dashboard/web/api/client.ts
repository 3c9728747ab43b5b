// The one way to the dashboard's server: same-origin JSON under /api/v1, every answer checked against the schema that the
// server answers by, every failure one ApiError. What can be asked of each subject stands in a file beside this one.
//
// Always holds: nothing is retried here (the query client decides, by `retry`), and nothing of an answer is used unchecked.

import type { z } from "zod";
import { AppError, ERROR_STATUS, type ErrorCode } from "../../../schemas/app-error.ts";
import { problemSchema } from "../../../schemas/dashboard-api.ts";

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

declare const encoded: unique symbol;
/** An address below /api/v1 whose parts can't lead to another one; only `path` makes it. */
export type Path = string & { readonly [encoded]: true };

export type Method = "POST" | "PUT" | "DELETE";

export interface Api {
  get<Schema extends z.ZodType>(path: Path, schema: Schema): Promise<z.output<Schema>>;
  /** Changes something; the answer is read by the schema. */
  send<Schema extends z.ZodType>(
    method: Method,
    path: Path,
    body: unknown,
    schema: Schema,
  ): Promise<z.output<Schema>>;
  /** Changes something, to which there is no answer. */
  tell(method: Method, path: Path, body?: unknown): Promise<void>;
}

/** path`/people/${personId}/runs/${runId}`: each part is encoded. */
export function path(texts: TemplateStringsArray, ...parts: readonly string[]): Path {
  const written = texts.map(
    (text, at) => text + (at < parts.length ? encodeURIComponent(parts[at] ?? "") : ""),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return written.join("") as Path;
}

/** The same address with a query: undefined and null are left out. */
export function withQuery(
  to: Path,
  query: Readonly<Record<string, string | number | null | undefined>>,
): Path {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null ? [] : [[name, String(value)]],
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (given.length === 0 ? to : `${to}?${new URLSearchParams(given).toString()}`) as Path;
}

const BASE = "/api/v1";
/** A slow answer is better than none, but not for ever. */
const REQUEST_TIMEOUT_MS = 30_000;

export function createApi(fetch: typeof globalThis.fetch): Api {
  const ask = async (method: string, to: Path, body?: unknown): Promise<Response> => {
    const response = await reach(fetch, `${BASE}${to}`, {
      method,
      headers: method === "GET" ? { accept: "application/json" } : JSON_HEADERS,
      body: method === "GET" ? null : JSON.stringify(body ?? {}),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    if (!response.ok) throw await toApiError(response);
    return response;
  };
  return {
    get: async (to, schema) => parseAnswer(await ask("GET", to), schema),
    send: async (method, to, body, schema) => parseAnswer(await ask(method, to, body), schema),
    tell: async (method, to, body) => void (await ask(method, to, body)),
  };
}

/** Whether a failure means that the session is over or never was. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof AppError && error.code === "unauthenticated";
}

/** What a page may have to tell apart; any other failure is a request or a server that is at fault. */
const CODES = [
  "unauthenticated",
  "forbidden",
  "not_found",
  "conflict",
  "too_many_requests",
  "unavailable",
  "timeout",
] as const;
const JSON_HEADERS = { accept: "application/json", "content-type": "application/json" };

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
