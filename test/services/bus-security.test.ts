// Kafka behind TLS and a password: the shipper signs in by each mechanism, and says which setting is wrong when it can't.

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { needing } from "./absence.ts";
import { certificateAbsence, makeCertificate, type TestCertificate } from "./certificate.ts";
import { KAFKA_MS_MAX, needsOwnKafka, startTestKafka, type TestKafka } from "./kafka.ts";
import { makeTestShipping, type TestShipping } from "./shipper.ts";

const WAIT = { timeout: KAFKA_MS_MAX, interval: 20 };
const ERROR_LEVEL = 50;
const USER = { username: "assay", password: "the password of today" };
const needs = { ...needing("openssl", certificateAbsence), ...needsOwnKafka, timeout: KAFKA_MS_MAX };

describe("a shipper to a Kafka that is locked", needs, () => {
  let kafka: TestKafka | undefined;
  let own: TestCertificate;
  const shippings: TestShipping[] = [];

  beforeAll(async () => {
    own = makeCertificate();
    kafka = await startTestKafka({ sasl: USER, tls: own });
  }, KAFKA_MS_MAX);
  afterEach(() => {
    for (const shipping of shippings.splice(0)) shipping.remove();
  });
  afterAll(async () => {
    own.remove();
    await kafka?.stop();
  });

  function makeShipping(settings: Readonly<Record<string, string>> = {}): TestShipping {
    const shipping = makeTestShipping(kafka?.brokers ?? [], {
      KAFKA_SSL: "1",
      KAFKA_SSL_CA_FILE: own.file,
      KAFKA_SASL_MECHANISM: "scram-sha-512",
      KAFKA_SASL_USERNAME: USER.username,
      KAFKA_SASL_PASSWORD: USER.password,
      ...settings,
    });
    shippings.push(shipping);
    return shipping;
  }

  test.each(["plain", "scram-sha-256", "scram-sha-512"])("signs in by %s", async (mechanism) => {
    const shipping = makeShipping({ KAFKA_SASL_MECHANISM: mechanism });
    await shipping.spoolCalls([{}]);
    const shipper = shipping.start();
    await shipping.untilShipped();
    await shipper.close();
    expect(shipping.logged).not.toContainEqual(expect.objectContaining({ level: ERROR_LEVEL }));
  });

  test("names the password that is wrong, and goes on by itself once it is right", async () => {
    const password = "the password of tomorrow";
    const shipping = makeShipping({ KAFKA_SASL_PASSWORD: password });
    await shipping.spoolCalls([{}]);
    const shipper = shipping.start();
    await vi.waitFor(
      () => expect(shipper.health().reason).toMatch(/refuses the user.*KAFKA_SASL_PASSWORD/),
      WAIT,
    );
    await kafka?.changePassword({ ...USER, password });
    await shipping.untilShipped();
    await shipper.close();
    expect(JSON.stringify(shipping.logged)).not.toContain(password);
  });

  test("names the certificates that do not vouch for the broker", async () => {
    const other = makeCertificate();
    const shipping = makeShipping({ KAFKA_SSL_CA_FILE: other.file });
    other.remove();
    await shipping.spoolCalls([{}]);
    const shipper = shipping.start();
    await vi.waitFor(() => expect(shipper.health().reason).toMatch(/not trusted.*KAFKA_SSL_CA_FILE/), WAIT);
    await shipper.close();
  });
});
