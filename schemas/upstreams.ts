// Where calls may go: `ASSAY_UPSTREAM_<NAME>_URL`, `_KEY` and `_KIND`. Upstreams come from the configuration alone, never
// from a request. The names of known providers have a kind and, where it is the same for everybody, an address of their own:
// three are always there, the others as soon as one setting names them.

import { z } from "zod";

export const UPSTREAM_KINDS = ["openai", "anthropic", "gemini", "azure", "bedrock", "vertex"] as const;
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

type Known = Pick<Upstream, "kind"> & Partial<Pick<Upstream, "url">>;

const ALWAYS_KNOWN: Readonly<Record<string, Known>> = {
  openai: { kind: "openai", url: "https://api.openai.com" },
  anthropic: { kind: "anthropic", url: "https://api.anthropic.com" },
  gemini: { kind: "gemini", url: "https://generativelanguage.googleapis.com" },
};

/** The address of Azure OpenAI, Bedrock and Vertex AI is that of a customer's resource or region. */
const KNOWN_IF_NAMED: Readonly<Record<string, Known>> = {
  azure: { kind: "azure" },
  bedrock: { kind: "bedrock" },
  vertex: { kind: "vertex" },
  alibaba: { kind: "openai", url: "https://dashscope-intl.aliyuncs.com/compatible-mode" },
  deepseek: { kind: "openai", url: "https://api.deepseek.com" },
  groq: { kind: "openai", url: "https://api.groq.com/openai" },
  mistral: { kind: "openai", url: "https://api.mistral.ai" },
  moonshot: { kind: "openai", url: "https://api.moonshot.ai" },
  ollama: { kind: "openai", url: "http://127.0.0.1:11434" },
  openrouter: { kind: "openai", url: "https://openrouter.ai/api" },
  perplexity: { kind: "openai", url: "https://api.perplexity.ai" },
  together: { kind: "openai", url: "https://api.together.xyz" },
  vllm: { kind: "openai", url: "http://127.0.0.1:8000" },
  xai: { kind: "openai", url: "https://api.x.ai" },
};

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
    Object.entries(ALWAYS_KNOWN).map(([name, known]) => [name, { name, ...known }]),
  );
  const rest: [setting: string, value: unknown][] = [];
  for (const [setting, value] of Object.entries(settings)) {
    const [, label, field] = SETTING.exec(setting) ?? [];
    if (label === undefined || field === undefined) {
      rest.push([setting, value]);
      continue;
    }
    const name = label.toLowerCase().replaceAll("_", "-");
    const draft = drafts.get(name) ?? { name, ...KNOWN_IF_NAMED[name] };
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
