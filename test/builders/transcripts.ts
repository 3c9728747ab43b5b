// Local transcripts as Claude Code and Codex write them, with made-up content. Every text of a person, of a model or of a tool holds
// CANARY, so that a test can look for what must not be kept.

export const CANARY = "xylophone-quartz";

type Fields = Readonly<Record<string, unknown>>;

/** An interactive session of Claude Code. Ids follow from `session`, times from `startedAt`, a second a line. */
export function createClaudeSession(session: string, startedAt = "2026-11-20T09:30:00.000Z") {
  let lines = 0;
  let last: string | null = null;

  function line(type: string, more: Fields): Fields {
    const uuid = `${session}-${++lines}`;
    const timestamp = new Date(Date.parse(startedAt) + lines * 1000).toISOString();
    const common = { parentUuid: last, uuid, timestamp, sessionId: session, version: "2.1.329" };
    const shown = { isSidechain: false, entrypoint: "cli", cwd: `/home/${CANARY}`, gitBranch: CANARY };
    last = uuid;
    return { ...common, ...shown, type, ...more };
  }

  return {
    line,
    prompt: (turn: string, more: Fields = {}) =>
      line("user", { promptId: turn, message: { role: "user", content: `Please, ${CANARY}.` }, ...more }),
    result: (callId: string, isError: boolean, more: Fields = {}) =>
      line("user", {
        message: {
          role: "user",
          content: [{ type: "tool_result", tool_use_id: callId, content: CANARY, is_error: isError }],
        },
        toolUseResult: { stdout: CANARY },
        ...more,
      }),
    /** The note of a request that stands before its answer in the file of the session that made it. */
    request: (id: string): Fields => ({ type: "api-request", id, sessionId: session, params: {} }),
    answer: (id: string, { usage, stop = null, block = claudeText(), ...more }: ClaudeAnswer) =>
      line("assistant", {
        requestId: `req_${id}`,
        message: {
          id,
          type: "message",
          role: "assistant",
          model: "claude-opus-4-8",
          content: [block],
          stop_reason: stop,
          usage: { input_tokens: 10, ...usage },
        },
        ...more,
      }),
  };
}

interface ClaudeAnswer {
  usage: Fields;
  stop?: string | null;
  block?: Fields;
  [more: string]: unknown;
}

export const claudeText = (): Fields => ({ type: "text", text: `Surely, ${CANARY}.` });
export const claudeTool = (id: string, name: string): Fields => ({
  type: "tool_use",
  id,
  name,
  input: { command: `echo ${CANARY}`, file_path: `/${CANARY}` },
});

/** A thread of Codex. Its lines have the times that they are given, in seconds after `startedAt`. */
export function createCodexThread(meta: Fields & { id: string }, startedAt = "2026-11-20T09:30:00.000Z") {
  const at = (seconds: number): string => new Date(Date.parse(startedAt) + seconds * 1000).toISOString();
  const line = (seconds: number, type: string, payload: Fields): Fields => ({
    timestamp: at(seconds),
    type,
    payload,
  });
  const total = { input: 0, output: 0 };

  function count(input: number, output: number): { usage: Fields; total: Fields } {
    total.input += input;
    total.output += output;
    return { usage: codexUsage(input, output), total: codexUsage(total.input, total.output) };
  }

  return {
    line,
    meta: line(0, "session_meta", {
      timestamp: at(0),
      cwd: `/home/${CANARY}`,
      originator: "codex_cli_rs",
      cli_version: "0.169.0",
      source: "cli",
      base_instructions: { text: CANARY },
      ...meta,
    }),
    turn: (seconds: number, id: string, more: Fields = {}) =>
      line(seconds, "turn_context", { turn_id: id, model: "gpt-5.4", effort: "high", cwd: CANARY, ...more }),
    prompt: (seconds: number) =>
      line(seconds, "response_item", {
        type: "message",
        role: "user",
        content: [{ type: "input_text", text: CANARY }],
      }),
    asks: (seconds: number, callId: string, name: string) =>
      line(seconds, "response_item", {
        type: "function_call",
        name,
        call_id: callId,
        arguments: JSON.stringify({ cmd: CANARY }),
      }),
    result: (seconds: number, callId: string, exitCode: number) =>
      line(seconds, "response_item", {
        type: "function_call_output",
        call_id: callId,
        output: `Process exited with code ${exitCode}\n${CANARY}`,
      }),
    says: (seconds: number) =>
      line(seconds, "response_item", {
        type: "message",
        role: "assistant",
        content: [{ type: "output_text", text: CANARY }],
      }),
    /** What versions since 0.16x write of a response, before its `token_count`. */
    used: (seconds: number, responseId: string, input: number, output: number): Fields[] => {
      const { usage, total: thread } = count(input, output);
      return [
        line(seconds, "token_usage_record", { response_id: responseId, usage, thread_token_usage: thread }),
        tokenCount(line, seconds, usage, thread),
      ];
    },
    /** What earlier versions write of one. */
    counted: (seconds: number, input: number, output: number): Fields => {
      const { usage, total: thread } = count(input, output);
      return tokenCount(line, seconds, usage, thread);
    },
  };
}

function tokenCount(
  line: (seconds: number, type: string, payload: Fields) => Fields,
  seconds: number,
  usage: Fields,
  total: Fields,
): Fields {
  return line(seconds, "event_msg", {
    type: "token_count",
    info: { total_token_usage: total, last_token_usage: usage },
    rate_limits: { primary: { used_percent: seconds } },
  });
}

/** A tenth of the input comes from the cache, a fifth of the output is reasoning. */
function codexUsage(input: number, output: number): Fields {
  return {
    input_tokens: input,
    cached_input_tokens: input / 10,
    output_tokens: output,
    reasoning_output_tokens: output / 5,
    total_tokens: input + output,
  };
}

/** A UUID of version 7 of a time. */
export function uuidOfTime(time: string, number: number): string {
  const hex = Date.parse(time).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(number).padStart(12, "0")}`;
}
