// Every command-line client that is tried.

import { CLAUDE_CODE } from "./claude-code.ts";
import { CODEX } from "./codex.ts";
import { GEMINI_CLI } from "./gemini-cli.ts";
import { OPENCLAW } from "./openclaw.ts";
import { OPENCODE } from "./opencode.ts";
import type { RealClient } from "./real-client.ts";

export const CLIENTS: readonly RealClient[] = [CLAUDE_CODE, CODEX, GEMINI_CLI, OPENCODE, OPENCLAW];
