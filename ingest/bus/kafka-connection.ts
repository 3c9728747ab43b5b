// How Assay connects to Kafka, and what the failures of that mean to an operator.
//
// Everything that kafkajs would choose by itself is chosen here: with NODE_ENV=test its retries are others than in production.
// Its own log goes to ours as detail: what fails reaches the caller as an error, and is told where it is handled.

import { Kafka, logLevel, type LogEntry, type SASLOptions } from "kafkajs";
import type { Logger } from "pino";
import { AppError, errorMessage } from "../../schemas/app-error.ts";
import type { KafkaConfig } from "../../schemas/config.ts";

const CONNECTION_MS_MAX = 3000;
const AUTHENTICATION_MS_MAX = 10_000;
/** Above what a broker is given to hear from its replicas (PRODUCE_MS_MAX of kafka-producer.ts). */
const REQUEST_MS_MAX = 20_000;
const RETRY_MS_MIN = 100;
const RETRY_MS_MAX = 1000;
const RETRY_FACTOR = 0.2;
const RETRY_MULTIPLIER = 2;
/** Each further try to connect asks the next broker of the list, so that each is asked before anybody is told. */
const CONNECTION_RETRIES_MIN = 2;

/** @param clientId what brokers call us in their logs and quotas */
export function createKafkaClient(log: Logger, config: KafkaConfig, clientId: string): Kafka {
  const { tls, sasl } = config;
  return new Kafka({
    clientId,
    brokers: [...config.brokers],
    ...(tls && { ssl: tls.ca === undefined ? true : { ca: tls.ca } }),
    ...(sasl && { sasl: toSignIn(sasl) }),
    connectionTimeout: CONNECTION_MS_MAX,
    authenticationTimeout: AUTHENTICATION_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retry: {
      retries: Math.max(config.brokers.length, CONNECTION_RETRIES_MIN),
      initialRetryTime: RETRY_MS_MIN,
      maxRetryTime: RETRY_MS_MAX,
      factor: RETRY_FACTOR,
      multiplier: RETRY_MULTIPLIER,
    },
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => log.debug(toLogFields(entry), entry.log.message),
  });
}

/** The same, as kafkajs has its types: one a mechanism. */
function toSignIn({ mechanism, username, password }: NonNullable<KafkaConfig["sasl"]>): SASLOptions {
  if (mechanism === "plain") return { mechanism, username, password };
  if (mechanism === "scram-sha-256") return { mechanism, username, password };
  return { mechanism, username, password };
}

/** Of what kafkajs tells, where and how often; never what was sent. */
function toLogFields({ namespace, log }: LogEntry): Record<string, unknown> {
  const { broker, error, retryCount, topic, partition, groupId } = log;
  return { kafkajs: namespace, broker, error, retryCount, topic, partition, groupId };
}

/** What a failure of kafkajs means, in one sentence for who runs the deployment. All may pass with time. */
export function toKafkaError(error: unknown, config: KafkaConfig): AppError {
  if (error instanceof AppError) return error;
  const cause = { retry: true, cause: error };
  const brokers = config.brokers.join(", ");
  for (const reason of reasonsOf(error)) {
    if (reason.name === "KafkaJSSASLAuthenticationError") {
      const message = `Kafka at ${brokers} refuses the user. Check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD.`;
      return new AppError("bad_configuration", message, cause);
    }
    if (NOT_AUTHORIZED.has(reason.type ?? "")) {
      const message = `Kafka at ${brokers} does not let this user do that (${reason.type}). Give it the rights that docs/deploy.md lists.`;
      return new AppError("bad_configuration", message, cause);
    }
    if (CERTIFICATE_CODE.test(reason.code ?? "")) {
      const message = `Kafka at ${brokers} shows a certificate that is not trusted (${reason.code}). Check KAFKA_SSL_CA_FILE.`;
      return new AppError("bad_configuration", message, cause);
    }
  }
  return new AppError(
    "unavailable",
    `Kafka at ${brokers} does not answer as it should: ${errorMessage(error)}`,
    cause,
  );
}

const NOT_AUTHORIZED: ReadonlySet<string> = new Set([
  "TOPIC_AUTHORIZATION_FAILED",
  "GROUP_AUTHORIZATION_FAILED",
  "CLUSTER_AUTHORIZATION_FAILED",
]);
/** Codes of OpenSSL and Node for a chain that does not end where it should, or another host's certificate. */
const CERTIFICATE_CODE = /CERT|ISSUER|SIGNATURE|^ERR_TLS/;

/** Whether the broker said this of what it was asked; `type` is the name of the protocol's error. */
export function isRefusedAs(error: unknown, types: ReadonlySet<string>): boolean {
  return reasonsOf(error).some(({ type }) => types.has(type ?? ""));
}

interface Reason {
  name: string;
  /** The protocol's name for the error, where a broker sent one. */
  type?: string;
  /** The system's or OpenSSL's. */
  code?: string;
}

const CAUSES_MAX = 10;

/** The error and what it was caused by, the outermost first. */
function reasonsOf(error: unknown): Reason[] {
  const reasons: Reason[] = [];
  for (let at = error; at instanceof Error && reasons.length < CAUSES_MAX; at = at.cause) {
    const type: unknown = Reflect.get(at, "type");
    const code: unknown = Reflect.get(at, "code");
    reasons.push({
      name: at.name,
      ...(typeof type === "string" && { type }),
      ...(typeof code === "string" && { code }),
    });
  }
  return reasons;
}
