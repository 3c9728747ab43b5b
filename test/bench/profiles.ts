// What is asked and what is answered: the traffic of the benchmark. Sizes and framing are fixed, so that two runs do the same
// work. A request names its profile in its model, which every proxy hands on, and the upstream answers accordingly.

export interface Profile {
  name: string;
  title: string;
  requestBytes: number;
  answer:
    | { kind: "json"; bytes: number }
    /** One HTTP chunk an event; without a gap, all chunks are in one write. */
    | { kind: "stream"; events: number; gapMs: number };
  /** A round at saturation: calls in all, and at a time. Enough for some 0.5 s of the slowest proxy's processor time. */
  calls: number;
  connections: number;
  /** Of the rounds at a fixed rate. */
  callsPerSecond: number;
  isFullOnly: boolean;
}

export const PROFILES: readonly Profile[] = [
  {
    name: "json",
    title: "1 KB request, 1 KB JSON answer",
    requestBytes: 1024,
    answer: { kind: "json", bytes: 1024 },
    calls: 4000,
    connections: 16,
    callsPerSecond: 100,
    isFullOnly: false,
  },
  {
    name: "burst",
    title: "1 KB request, 60 events in one write",
    requestBytes: 1024,
    answer: { kind: "stream", events: 60, gapMs: 0 },
    calls: 1500,
    connections: 16,
    callsPerSecond: 100,
    isFullOnly: false,
  },
  {
    name: "large",
    title: "200 KB request, 2 KB JSON answer",
    requestBytes: 200 * 1024,
    answer: { kind: "json", bytes: 2048 },
    calls: 1500,
    connections: 16,
    callsPerSecond: 40,
    isFullOnly: true,
  },
  {
    name: "paced",
    title: "1 KB request, 60 events 5 ms apart",
    requestBytes: 1024,
    answer: { kind: "stream", events: 60, gapMs: 5 },
    calls: 300,
    connections: 32,
    callsPerSecond: 20,
    isFullOnly: true,
  },
];

/** What a request's model begins with; the profile's name follows. */
export const MODEL_PREFIX = "bench-";

const USAGE = {
  prompt_tokens: 217,
  completion_tokens: 174,
  total_tokens: 391,
  prompt_tokens_details: { cached_tokens: 128, audio_tokens: 0 },
  completion_tokens_details: { reasoning_tokens: 64, audio_tokens: 0 },
};
const MODEL = "gpt-5.1-mini-2026-04-14";
const ANSWER_ID = "chatcmpl-BnT7QwW0f3K2l9Xc5VhYpDr8sZaEe";
const SENTENCE = 'The quarter closed 4 % up; see "orders", not "quotes".\n';

/** The bytes of a chat completion request. `headers` are added to those of a usual client library. */
export function requestOf(profile: Profile, headers: Readonly<Record<string, string>>): Buffer {
  const stream = profile.answer.kind === "stream" && {
    stream: true,
    stream_options: { include_usage: true },
  };
  const body = padded(
    (text) => ({
      model: MODEL_PREFIX + profile.name,
      messages: [
        { role: "system", content: "You answer in one paragraph." },
        { role: "user", content: text },
      ],
      max_completion_tokens: 512,
      ...stream,
    }),
    profile.requestBytes,
  );
  const lines = Object.entries({
    host: "127.0.0.1",
    accept: "application/json",
    "content-type": "application/json",
    "user-agent": "OpenAI/JS 7.55.0",
    "x-stainless-arch": "x64",
    "x-stainless-lang": "js",
    "x-stainless-os": "Linux",
    "x-stainless-package-version": "7.55.0",
    "x-stainless-retry-count": "0",
    "x-stainless-runtime": "node",
    "x-stainless-runtime-version": "v26.10.0",
    "content-length": String(body.length),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const requestHead = `POST /v1/chat/completions HTTP/1.1\r\n${lines.join("")}\r\n`;
  return Buffer.concat([Buffer.from(requestHead, "latin1"), body]);
}

/** The bytes of the answer, in the pieces that are written. */
export function answerOf(profile: Profile): Buffer[] {
  const { answer } = profile;
  if (answer.kind === "json") {
    const body = padded(
      (text) => ({
        id: ANSWER_ID,
        object: "chat.completion",
        created: 1_790_000_000,
        model: MODEL,
        choices: [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }],
        usage: USAGE,
        service_tier: "default",
      }),
      answer.bytes,
    );
    return [Buffer.concat([answerHead("application/json", `content-length: ${body.length}`), body])];
  }
  const chunks = eventsOf(answer.events).map((event) =>
    Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n`),
  );
  const all = [answerHead("text/event-stream; charset=utf-8", "transfer-encoding: chunked"), ...chunks];
  all.push(Buffer.from("0\r\n\r\n"));
  return answer.gapMs === 0 ? [Buffer.concat(all)] : all;
}

function eventsOf(count: number): string[] {
  const common = {
    id: ANSWER_ID,
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: MODEL,
    service_tier: "default",
  };
  const choice = (delta: object, reason: string | null): object => ({
    ...common,
    choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
    usage: null,
    obfuscation: "fTq81pXz",
  });
  const chunks = [
    choice({ role: "assistant", content: "", refusal: null }, null),
    ...Array.from({ length: count - 4 }, (_, at) => choice({ content: ` word${at}` }, null)),
    choice({}, "stop"),
    { ...common, choices: [], usage: USAGE },
  ];
  return [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), "data: [DONE]\n\n"];
}

function answerHead(contentType: string, framing: string): Buffer {
  const lines = [
    "HTTP/1.1 200 OK",
    "date: Sat, 21 Nov 2026 09:30:00 GMT",
    `content-type: ${contentType}`,
    framing,
    "openai-processing-ms: 412",
    "openai-version: 2020-10-01",
    "x-request-id: req_4f0d8a6e1c2b4d7f9a3e5c6b7d8e9f01",
    "x-ratelimit-limit-tokens: 30000000",
    "x-ratelimit-remaining-tokens: 29999783",
    "cache-control: no-store",
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/** JSON of exactly `bytes` bytes, by way of the text in it. */
function padded(toValue: (text: string) => object, bytes: number): Buffer {
  const encode = (text: string): Buffer => Buffer.from(JSON.stringify(toValue(text)));
  const room = bytes - encode("").length;
  const escaped = JSON.stringify(SENTENCE).length - 2;
  const text = SENTENCE.repeat(Math.floor(room / escaped));
  return encode(text + ".".repeat(bytes - encode(text).length));
}
