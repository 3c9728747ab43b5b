// Which recorded files hold no provider's answer to an HTTP call, and why. Each is named here, so that nothing is left out in
// silence: a new file that no rule covers becomes a fixture, or fails the reader's test.

interface Exclusion {
  pattern: RegExp;
  reason: string;
}

const FILES: readonly Exclusion[] = [
  { pattern: /^(README\.md|MANIFEST\.tsv)$/, reason: "describes the recordings" },
  { pattern: /^clients\//, reason: "requests of clients, without answers" },
  {
    pattern: /\/speech-translation\//,
    reason: "messages of a WebSocket, which have no HTTP framing",
  },
  {
    pattern: /\/anthropic-config\//,
    reason: "configuration files of a client library",
  },
  {
    pattern: /\/harness-claude-code\//,
    reason: "what a command-line client printed, not what the provider sent",
  },
];

const HOSTS: Readonly<Record<string, string>> = {
  posthog: "a library's telemetry to its maker, caught in the same cassette",
  agno: "a library's telemetry to its maker, caught in the same cassette",
};

/**
 * Why a file, or an entry of a cassette whose provider is known, is no fixture; undefined where it is one.
 * @param file path below the recordings' folder
 */
export function reasonToExclude(file: string, provider = ""): string | undefined {
  return FILES.find(({ pattern }) => pattern.test(file))?.reason ?? HOSTS[provider];
}
