// Where a call goes follows from its path and the configuration alone, and the rest of the path goes on as it came.

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Refusal } from "../../ingest/gateway/refusal.ts";
import { resolveRoute, type Route } from "../../ingest/gateway/route.ts";
import { createAssayKey } from "../../schemas/assay-key.ts";
import { readConfig } from "../../schemas/config.ts";

const { upstreams } = readConfig({
  ASSAY_UPSTREAM_GROQ_URL: "https://groq.test/openai",
  ASSAY_UPSTREAM_GROQ_KIND: "openai",
});
const KEY = createAssayKey();
const OTHER_KEY = createAssayKey();

const resolve = (url: string, method = "POST"): Route => resolveRoute(upstreams, method, url);
const whereTo = (url: string): [upstream: string, path: string] => {
  const { upstream, path } = resolve(url);
  return [upstream.name, path];
};

describe("the upstream", () => {
  test.each([
    ["/openai/v1/chat/completions", "openai", "/v1/chat/completions"],
    ["/anthropic/v1/messages?beta=true", "anthropic", "/v1/messages?beta=true"],
    ["/gemini/v1beta/models/g:generateContent", "gemini", "/v1beta/models/g:generateContent"],
    ["/groq/v1/models", "groq", "/v1/models"],
    ["/groq/", "groq", "/"],
    ["/groq", "groq", "/"],
  ])("of %s is named by its prefix", (url, name, path) => {
    expect(whereTo(url)).toEqual([name, path]);
  });

  test.each([
    ["/v1/messages", "anthropic"],
    ["/v1/messages/count_tokens", "anthropic"],
    ["/v1/chat/completions", "openai"],
    ["/v1/responses/resp_1", "openai"],
    ["/v1/files", "openai"],
    ["/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse", "gemini"],
    ["/v1/models/gemini-2.5-pro:generateContent", "gemini"],
    ["/v1/models/gpt-5", "openai"],
  ])("of %s follows from the native path", (url, name) => {
    expect(whereTo(url)).toEqual([name, url]);
  });

  test.each([
    "/",
    "",
    "*",
    "/nobody/v1/x",
    "/v2/x",
    "//openai/v1/x",
    "http://openai/v1/x",
    "/OPENAI/v1/x",
    "/k/x",
    "/constructor/x",
  ])("of %j is none", (url) => {
    expect(() => resolve(url)).toThrow(Refusal);
  });
});

test("whatever follows the prefix goes on byte for byte", () => {
  const character = fc.constantFrom(
    "/",
    ".",
    "%2e",
    "%2F",
    "%00",
    "@",
    ":",
    "\\",
    ";",
    "#",
    "a",
    "é",
    "?",
    "&",
    "=",
    "key=k",
  );
  fc.assert(
    fc.property(fc.string({ unit: character }), (rest) => {
      expect(whereTo(`/groq/${rest}`)).toEqual(["groq", `/${rest}`]);
    }),
    { numRuns: 1000 },
  );
});

describe("an Assay key in the address", () => {
  test.each([
    ["the path", `/k/${KEY}/openai/v1/models`, "/v1/models"],
    ["a native path", `/k/${KEY}/v1/models`, "/v1/models"],
    ["the query", `/openai/v1/models?key=${KEY}`, "/v1/models"],
    ["a longer query", `/openai/v1/models?a=1&key=${KEY}&b=2`, "/v1/models?a=1&b=2"],
    ["a query that repeats it", `/openai/v1/models?key=${KEY}&key=${KEY}`, "/v1/models"],
    ["a query with another one", `/openai/v1/models?key=${KEY}&key=${OTHER_KEY}`, "/v1/models"],
    ["a query that encodes it", `/openai/v1/models?key=${KEY.replaceAll("_", "%5F")}`, "/v1/models"],
    ["a query that hides it", `/groq/v1?k%65y=%61ssay_${KEY.slice(6)}&key=theirs`, "/v1?key=theirs"],
  ])("is taken out of %s", (_place, url, path) => {
    expect(resolve(url)).toMatchObject({ path, pathKey: KEY });
  });

  test("in both places is the path's, and in neither of what goes on", () => {
    const route = resolve(`/k/${KEY}/openai/v1/models?key=${OTHER_KEY}`);
    expect(route).toMatchObject({ path: "/v1/models", pathKey: KEY });
  });

  test("is taken for what it claims to be, whoever issued it", () => {
    expect(resolve("/k/anything/openai/v1/models").pathKey).toBe("anything");
  });

  test("is never in the sentence of a refusal", () => {
    expect(() => resolve(`/k/${KEY}/nobody/x?key=${OTHER_KEY}`)).toThrow(
      expect.objectContaining({ status: 404, message: expect.not.stringContaining("assay_") as unknown }),
    );
  });

  test("leaves a provider's own key alone", () => {
    const url = "/gemini/v1beta/models?key=AIza%20x&other=%zz";
    expect(resolve(url)).toMatchObject({ path: "/v1beta/models?key=AIza%20x&other=%zz", pathKey: undefined });
  });
});

describe("attribution in the address", () => {
  test.each([
    ["/t/team-a/v1/messages?beta=true", ["team-a"], "anthropic", "/v1/messages?beta=true"],
    ["/t/team-a/run-7/v1/responses", ["team-a", "run-7"], "openai", "/v1/responses"],
    ["/t/a,b=c%2Fd/groq/v1/models", ["a", "b=c/d"], "groq", "/v1/models"],
    ["/t/a/groq", ["a"], "groq", "/"],
    ["/t/s/v1beta/models/g:countTokens", ["s"], "gemini", "/v1beta/models/g:countTokens"],
    ["/t/t/openai/v1/t/x/y", ["t"], "openai", "/v1/t/x/y"],
    ["/t/openai/v1/models", [], "openai", "/v1/models"],
  ])("%s is %j, and is taken off", (url, pathTags, upstream, path) => {
    expect(resolve(url)).toMatchObject({ upstream: { name: upstream }, path, pathTags });
  });

  test("stands before a key or behind it", () => {
    const expected = { path: "/v1/messages", pathKey: KEY, pathTags: ["a", "b"] };
    expect(resolve(`/t/a/b/k/${KEY}/v1/messages`)).toMatchObject(expected);
    expect(resolve(`/k/${KEY}/t/a/b/v1/messages`)).toMatchObject(expected);
  });

  test.each(["/t", "/t/", "/t/a", "/t/a?x=/v1/messages", "/t//v1/x", "/t/a//v1/x", "/t/a/V1/messages"])(
    "of %s leads nowhere",
    (url) => {
      expect(() => resolve(url)).toThrow(Refusal);
    },
  );

  test("of two keys leads nowhere", () => {
    expect(() => resolve(`/k/${KEY}/t/a/k/${OTHER_KEY}/v1/messages`)).toThrow(Refusal);
  });

  test("has an end, and what is behind it leads nowhere", () => {
    expect(resolve(`/t/${"a/".repeat(16)}v1/messages`).pathTags).toHaveLength(16);
    expect(() => resolve(`/t/${"a/".repeat(17)}v1/messages`)).toThrow(Refusal);
  });
});

describe("what can be metered", () => {
  test.each([
    ["POST", "/v1/chat/completions", true],
    ["POST", "/v1/responses", true],
    ["GET", "/v1/responses/resp_1", false],
    ["POST", "/v1/embeddings", true],
    ["POST", "/v1/messages", true],
    ["POST", "/v1/messages/count_tokens", false],
    ["POST", "/v1beta/models/g:generateContent", true],
    ["POST", "/v1beta/models/g:countTokens", false],
    ["GET", "/v1/models", false],
    ["POST", "/v1/files", false],
  ])("%s %s: %s", (method, url, isMetered) => {
    expect(resolve(url, method).operation.isMetered).toBe(isMetered);
  });
});
