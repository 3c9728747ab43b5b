// Amazon Bedrock: passes through. Its own answers are not metered; what it hosts in another provider's format is, as the paths
// tell. It takes AWS signatures, which are the client's own, or Bedrock's API keys. (docs.aws.amazon.com, Bedrock API reference.)

import { emptyReading, type Provider } from "./provider.ts";

export const bedrock: Provider = {
  kind: "bedrock",
  isNativePath: () => false,
  classify: () => ({ api: "other", requestKind: "other", isMetered: false }),
  readRequest: () => ({}),
  createReader: () => ({ reading: emptyReading(), readEvent: () => undefined, readBody: () => undefined }),
  acceptsStreamOptions: () => false,
  stopKinds: {},
  authorization: (key) => ["authorization", `Bearer ${key}`],
  refusal: (_status, _kind, message) => ({ message }),
};
