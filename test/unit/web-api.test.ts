// The way from the pages to the server: what a failure is, and that nothing of an unexpected answer is used.

import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  type Api,
  ApiError,
  createApi,
  isSignedOut,
  path,
  withQuery,
} from "../../dashboard/web/api/client.ts";
import { readRunCalls } from "../../dashboard/web/api/runs.ts";
import { readMe } from "../../dashboard/web/api/session.ts";

describe("the way to the server", () => {
  test("a problem keeps its sentence and its reference", async () => {
    const failure = await failureOf(answering(() => problem(500)));
    expect(failure).toMatchObject({
      code: "internal",
      message: "What to do.",
      reference: "7f3a",
      retry: false,
    });
    expect(isSignedOut(failure)).toBe(false);
  });

  test("only a 401 means signed out", async () => {
    expect(isSignedOut(await failureOf(answering(() => problem(401))))).toBe(true);
    expect(isSignedOut(await failureOf(answering(() => problem(404))))).toBe(false);
  });

  test("a server that is away, or a proxy's own page in its place, may be tried again", async () => {
    const away = await failureOf(answering(() => Promise.reject(new TypeError("fetch failed"))));
    expect(away).toMatchObject({ code: "unavailable", retry: true, reference: null });
    const proxy = await failureOf(answering(() => new Response("<h1>Bad gateway</h1>", { status: 502 })));
    expect(proxy).toMatchObject({ retry: true, reference: null });
  });

  test("an answer of another shape is a failure, never half used", async () => {
    const failure = await failureOf(answering(() => Response.json({ name: "A. Example" })));
    expect(failure).toMatchObject({ code: "internal", retry: false });
  });

  test("ids and cursors can't lead to another path", async () => {
    const asked: string[] = [];
    const api = createApi(async (input) => {
      asked.push(input instanceof Request ? input.url : input.toString());
      return Response.json({ calls: [], next_cursor: null });
    });
    await readRunCalls(api, "../../me", "r/../..");
    await api.get(withQuery(path`/people/${"a"}/runs`, { older: "a&from=b" }), z.unknown());
    expect(asked).toEqual([
      "/api/v1/people/..%2F..%2Fme/runs/r%2F..%2F../calls",
      "/api/v1/people/a/runs?older=a%26from%3Db",
    ]);
  });
});

function answering(response: () => Response | Promise<Response>): Api {
  return createApi(async () => response());
}

async function failureOf(api: Api): Promise<ApiError> {
  try {
    await readMe(api);
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error("The call did not fail.");
}

function problem(status: number): Response {
  const body = { type: "about:blank", title: "Problem", status, detail: "What to do.", reference: "7f3a" };
  return Response.json(body, { status, headers: { "content-type": "application/problem+json" } });
}
