// Vertex AI: a host of other providers' formats, which the paths tell apart; of its own it has none that is metered. It takes
// OAuth tokens. (docs.cloud.google.com, Vertex AI: API reference.)

import { gemini } from "./gemini.ts";
import { emptyReading, type Provider } from "./provider.ts";

export const vertex: Provider = {
  ...gemini,
  kind: "vertex",
  isNativePath: () => false,
  classify: () => ({ api: "other", requestKind: "other", isMetered: false }),
  readRequest: () => ({}),
  createReader: () => ({ reading: emptyReading(), readEvent: () => undefined, readBody: () => undefined }),
  authorization: (key) => ["authorization", `Bearer ${key}`],
};
