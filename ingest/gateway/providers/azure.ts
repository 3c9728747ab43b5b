// Azure OpenAI: OpenAI's format below `/openai/deployments/<name>/…?api-version=…`, where the path names the deployment, and
// below `/openai/v1/…`, where the body names the model. (learn.microsoft.com, Azure OpenAI REST API reference.)

import { openai } from "./openai.ts";
import type { Provider } from "./provider.ts";
import { decodeSegment } from "./request-facts.ts";

const DEPLOYMENT = /\/deployments\/([^/]+)\//;
const VERSIONLESS = /\/openai\/v1\//;
const API_VERSION = /[?&]api-version=(\d{4}-\d{2}-\d{2})/;
/** From here on a chat request may hold `stream_options`; an earlier version rejects it. */
const STREAM_OPTIONS_SINCE = "2024-09-01";

export const azure: Provider = {
  ...openai,
  kind: "azure",
  isNativePath: () => false,
  classify(method, path) {
    const [, deployment] = DEPLOYMENT.exec(path) ?? [];
    const named = deployment === undefined ? {} : { model: decodeSegment(deployment) };
    return { ...openai.classify(method, path), ...named };
  },
  acceptsStreamOptions(_upstreamName, path) {
    const [, version = ""] = API_VERSION.exec(path) ?? [];
    return VERSIONLESS.test(path) || version >= STREAM_OPTIONS_SINCE;
  },
  authorization: (key) => ["api-key", key],
};
