// Every provider whose wire format the gateway can read.

import type { UpstreamKind } from "../../../schemas/upstreams.ts";
import { anthropic } from "./anthropic.ts";
import { gemini } from "./gemini.ts";
import { openai } from "./openai.ts";
import type { Provider } from "./provider.ts";

export const PROVIDERS: Readonly<Record<UpstreamKind, Provider>> = { openai, anthropic, gemini };
