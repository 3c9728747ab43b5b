// A certificate of this machine for servers of tests, which is its own authority. Made by the system's openssl.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SUBJECT = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"];
const KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

export interface TestCertificate {
  /** PEM, as all of these. */
  certificate: string;
  key: string;
  /** Where the certificate lies, for settings that want a file. */
  file: string;
  remove(): void;
}

/** Why none can be made here. */
export const certificateAbsence: string | undefined = findAbsence();

export function makeCertificate(): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), "assay-certificate-"));
  const [file, keyFile] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  const made = ["req", "-x509", "-days", "1", ...KEY, ...SUBJECT, "-keyout", keyFile, "-out", file];
  execFileSync("openssl", made, { stdio: "ignore" });
  return {
    certificate: readFileSync(file, "utf8"),
    key: readFileSync(keyFile, "utf8"),
    file,
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function findAbsence(): string | undefined {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "there is no openssl";
  }
}
