// Arguments of a function call that Gemini streams piece by piece: the first part names the function, those that follow hold values
// with the path at which each stands (`$.items[0].name`), and a text may come in several of them. (docs.cloud.google.com, Vertex AI:
// streaming function call arguments.)

import { isRecord } from "../json-scan.ts";
import type { Document } from "./documents.ts";
import { toRecord, toRecords, toText } from "./json-values.ts";

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g;
const STEPS_MAX = 64;
/** An array with a later element would be mostly holes. */
const INDEX_MAX = 10_000;

/** Parts in which each call is one, with all of its arguments; what is no piece of a call stays as it is. */
export function joinStreamedCalls(parts: readonly Document[]): Document[] {
  const joined: Document[] = [];
  let open: Record<string, unknown> | undefined;
  for (const part of parts) {
    const call = part["functionCall"];
    const pieces = isRecord(call) ? toRecords(call["partialArgs"]) : [];
    const isContinued = isRecord(call) && call["name"] === undefined && open !== undefined;
    if (isRecord(call) && !isContinued) {
      open = { ...toRecord(call["args"]) };
      joined.push({ ...part, functionCall: { ...call, args: open } });
    } else if (!isContinued) joined.push(part);
    for (const piece of pieces) if (open) setPiece(open, piece);
  }
  return joined;
}

function setPiece(args: Record<string, unknown>, piece: Document): void {
  const steps = [...toText(piece["jsonPath"]).matchAll(STEP)].map(([, name, index, quoted]) =>
    index === undefined ? (name ?? quoted ?? "") : Number(index),
  );
  const last = steps.pop();
  if (last === undefined || steps.length > STEPS_MAX || !steps.concat(last).every(isUsable)) return;
  let holder: object = args;
  for (const [at, step] of steps.entries()) {
    const known: unknown = Reflect.get(holder, step);
    const next = typeof (steps[at + 1] ?? last) === "number" ? [] : {};
    const inner = typeof known === "object" && known !== null ? known : next;
    Reflect.set(holder, step, inner);
    holder = inner;
  }
  const { stringValue: text, numberValue, boolValue, nullValue } = piece;
  const before: unknown = Reflect.get(holder, last);
  const joined = typeof text === "string" && typeof before === "string" ? before + text : text;
  const value = joined ?? numberValue ?? boolValue ?? (nullValue === undefined ? undefined : null);
  Reflect.set(holder, last, value);
}

/** A name that an object has from elsewhere must not be reached through. */
function isUsable(step: string | number): boolean {
  return typeof step === "number" ? step <= INDEX_MAX : !(step in Object.prototype);
}
