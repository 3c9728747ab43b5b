// Every provider whose wire format the gateway can read, and whose of them a call has.
//
// An upstream may offer more than its own format: Gemini, Vertex AI and Azure have OpenAI's too, OpenRouter and DeepSeek have
// Anthropic's. So the path decides: the upstream's own format if it knows the path, else the first that does.

import type { UpstreamKind } from "../../../schemas/upstreams.ts";
import { anthropic } from "./anthropic.ts";
import { azure } from "./azure.ts";
import { bedrock } from "./bedrock.ts";
import { gemini } from "./gemini.ts";
import { openai } from "./openai.ts";
import type { Operation, Provider } from "./provider.ts";
import { vertex } from "./vertex.ts";

export const PROVIDERS: Readonly<Record<UpstreamKind, Provider>> = {
  openai,
  anthropic,
  gemini,
  azure,
  bedrock,
  vertex,
};

const FORMATS = [openai, anthropic, gemini] as const;
/** They take one credential for all formats; elsewhere each format has that of its maker. */
const HOSTS = [azure, bedrock, vertex] as const;

/** The formats beside its own that each kind of upstream may be asked in. */
const GUESTS = new Map<UpstreamKind, readonly Provider[]>([
  ...FORMATS.map((own) => [own.kind, FORMATS.filter((format) => format !== own)] as const),
  ...HOSTS.map(
    (host) =>
      [
        host.kind,
        FORMATS.map((format) => ({ ...format, authorization: (key: string) => host.authorization(key) })),
      ] as const,
  ),
]);

/** @param path without its query */
export function readPath(
  kind: UpstreamKind,
  method: string,
  path: string,
): { provider: Provider; operation: Operation } {
  const own = PROVIDERS[kind];
  const operation = own.classify(method, path);
  if (operation.requestKind !== "other" || operation.isMetered) return { provider: own, operation };
  for (const provider of GUESTS.get(kind) ?? []) {
    const guest = provider.classify(method, path);
    if (guest.isMetered || guest.requestKind !== "other") return { provider, operation: guest };
  }
  return { provider: own, operation };
}
