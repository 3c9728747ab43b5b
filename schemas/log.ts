// Structured logs, one JSON line an entry, without content: no prompt, no answer, no header's value, no key.

import { pino, type Logger } from "pino";

const REDACTED = ["authorization", "cookie", "headers", "body", "secret", "password", "token"];

export function createLog(process: string, destination: NodeJS.WritableStream): Logger {
  return pino(
    {
      name: process,
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: "[not logged]" },
    },
    destination,
  );
}
