// Structured logs, one JSON line an entry, without content: no prompt, no answer, no header's value, no key.
//
// Errors are where content would slip in: JSON.parse quotes what it could not read, a database says which value it refuses, a driver
// repeats the statement with its parameters. So only sentences of our own and of the operating system are logged; of any other
// error its class, its code and the places in the code that it came through, and the same of its causes.

import { pino, type Logger } from "pino";
import { AppError } from "./app-error.ts";

const REDACTED = ["authorization", "cookie", "headers", "body", "secret", "password", "token"];
const CAUSES_MAX = 5;

export function createLog(process: string, destination: NodeJS.WritableStream): Logger {
  return pino(
    {
      name: process,
      redact: { paths: REDACTED.flatMap((name) => [name, `*.${name}`]), censor: "[not logged]" },
      serializers: { err: (error: unknown) => describeError(error, CAUSES_MAX) },
    },
    destination,
  );
}

interface ErrorEntry {
  type: string;
  message?: string;
  code?: string | number;
  /** The lines that name a place in the code. */
  stack?: string[];
  cause?: ErrorEntry;
}

function describeError(error: unknown, causes: number): ErrorEntry {
  if (!(error instanceof Error)) return { type: typeof error };
  const isOurs = error instanceof AppError || "syscall" in error;
  const code = "code" in error ? error.code : undefined;
  return {
    type: error.name,
    ...(isOurs && { message: error.message }),
    ...((typeof code === "string" || typeof code === "number") && { code }),
    stack: placesOf(error),
    ...(error.cause !== undefined && causes > 0 && { cause: describeError(error.cause, causes - 1) }),
  };
}

/** A stack begins with the message, which may have lines that look like places. */
function placesOf({ stack = "", message }: Error): string[] {
  const lines = stack.replace(message, "").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line.startsWith("at "));
}
