// Where calls may go: `ASSAY_UPSTREAM_<NAME>_URL`, `_KEY` and `_KIND`. Upstreams come from the configuration alone, never
// from a request. The names of the known providers have a public address and a kind of their own.

import { z } from "zod";

export const UPSTREAM_KINDS = ["openai", "anthropic", "gemini"] as const;
export type UpstreamKind = (typeof UPSTREAM_KINDS)[number];

export interface Upstream {
  /** The route: `/<name>/…` goes to `url`. Lower case. */
  name: string;
  /** Whose wire format it speaks, so that its usage can be read. */
  kind: UpstreamKind;
  /** Origin and an optional path prefix, without a slash at the end. */
  url: string;
  /** The organisation's own key; spent only for an authenticated caller. */
  key: string | undefined;
}

const KNOWN_UPSTREAMS: readonly Upstream[] = [
  { name: "openai", kind: "openai", url: "https://api.openai.com", key: undefined },
  { name: "anthropic", kind: "anthropic", url: "https://api.anthropic.com", key: undefined },
  { name: "gemini", kind: "gemini", url: "https://generativelanguage.googleapis.com", key: undefined },
];

/** First segments of the gateway's own paths and of the providers' native ones, which a route of that name would hide. */
const OWN_PATHS: ReadonlySet<string> = new Set(["k", "t", "v1", "v1beta", "healthz", "readyz"]);

const SETTING = /^ASSAY_UPSTREAM_([A-Z][A-Z0-9_]*)_(URL|KEY|KIND)$/;

const upstreamSchema = z.object({
  name: z.string(),
  kind: z.enum(UPSTREAM_KINDS, { error: `one of ${UPSTREAM_KINDS.join(", ")}` }),
  url: z
    .url({ protocol: /^https?$/, error: "an http:// or https:// address" })
    .refine(isPlain, "an address without ? and user")
    .transform((url) => url.replace(/\/+$/, "")),
  key: z.string().min(1).optional(),
});

/** What is no address at all is the other rule's fault. */
function isPlain(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed === null || (parsed.search === "" && parsed.username === "" && parsed.password === "");
}

/**
 * Takes the upstream settings out of all settings.
 * @param faults receives one line for each setting that is wrong
 */
export function parseUpstreams(
  settings: Readonly<Record<string, unknown>>,
  faults: string[],
): { upstreams: ReadonlyMap<string, Upstream>; rest: Record<string, unknown> } {
  const drafts = new Map<string, Record<string, unknown>>(
    KNOWN_UPSTREAMS.map((known) => [known.name, { ...known }]),
  );
  const rest: [setting: string, value: unknown][] = [];
  for (const [setting, value] of Object.entries(settings)) {
    const [, label, field] = SETTING.exec(setting) ?? [];
    if (label === undefined || field === undefined) {
      rest.push([setting, value]);
      continue;
    }
    const name = label.toLowerCase().replaceAll("_", "-");
    const draft = drafts.get(name) ?? { name };
    draft[field.toLowerCase()] = value;
    drafts.set(name, draft);
  }
  const upstreams = new Map<string, Upstream>();
  for (const [name, draft] of drafts) {
    const parsed = upstreamSchema.safeParse(draft);
    if (parsed.success) upstreams.set(name, { ...parsed.data, key: parsed.data.key });
    else
      for (const { path, message } of parsed.error.issues)
        faults.push(`${toSetting(name, String(path[0]))}: expected ${message}.`);
    if (OWN_PATHS.has(name))
      faults.push(
        `${toSetting(name, "url")}: the gateway's own paths begin with /${name}. Choose another name.`,
      );
  }
  return { upstreams, rest: Object.fromEntries(rest) };
}

function toSetting(name: string, field: string): string {
  return `ASSAY_UPSTREAM_${name.toUpperCase().replaceAll("-", "_")}_${field.toUpperCase()}`;
}
