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

const SETTING = /^ASSAY_UPSTREAM_([A-Z][A-Z0-9_]*)_(URL|KEY|KIND)$/;

const upstreamSchema = z.object({
  name: z.string(),
  kind: z.enum(UPSTREAM_KINDS, { error: `one of ${UPSTREAM_KINDS.join(", ")}` }),
  url: z
    .url({ protocol: /^https?$/, error: "an http:// or https:// address" })
    .refine(
      (url) => new URL(url).search === "" && new URL(url).username === "",
      "an address without ? and user",
    )
    .transform((url) => url.replace(/\/+$/, "")),
  key: z.string().min(1).optional(),
});

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
  const rest: Record<string, unknown> = {};
  for (const [setting, value] of Object.entries(settings)) {
    const [, label, field] = SETTING.exec(setting) ?? [];
    if (label === undefined || field === undefined) {
      rest[setting] = value;
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
    else for (const issue of parsed.error.issues) faults.push(toFault(name, issue));
  }
  return { upstreams, rest };
}

function toFault(name: string, issue: z.core.$ZodIssue): string {
  const setting = `ASSAY_UPSTREAM_${name.toUpperCase().replaceAll("-", "_")}_${String(issue.path[0]).toUpperCase()}`;
  return `${setting}: expected ${issue.message}.`;
}
