// A headless Chromium for tests: CHROMIUM_PATH, else one that the system has, else the one that npm brings.

import chromiumOfNpm from "@sparticuz/chromium";
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const SYSTEM_BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
/** Tells the npm package to unpack the libraries that a bare machine lacks. */
const UNPACK_LIBRARIES = "AWS_Lambda_nodejs22.x";

export async function openBrowser(): Promise<Browser> {
  const installed = process.env["CHROMIUM_PATH"] ?? SYSTEM_BROWSERS.find((path) => existsSync(path));
  if (installed === undefined) process.env["AWS_EXECUTION_ENV"] ??= UNPACK_LIBRARIES;
  return chromium.launch({
    executablePath: installed ?? (await chromiumOfNpm.executablePath()),
    // The npm package proposes one process for everything, which then ends with the first window that is closed.
    args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"],
  });
}
