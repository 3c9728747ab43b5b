// How long My usage takes in a browser, from the address to its first figures, on the data of the benchmark.

import { median } from "simple-statistics";
import { startDashboard } from "../../dashboard/server/listen.ts";
import type { Dashboard } from "../../dashboard/server/dashboard.ts";
import { openBrowser } from "../services/browser.ts";

const READY_MS_MAX = 1500;
const VISITS = 5;

/** @returns whether it is ready in time */
export async function measurePage(
  dashboard: Dashboard,
  cookie: string,
  say: (line: string) => void,
): Promise<boolean> {
  const server = await startDashboard(dashboard);
  const browser = await openBrowser();
  const taken: number[] = [];
  try {
    for (let visit = 0; visit < VISITS; visit++) {
      // Each visit is a first one: nothing is in the browser's cache.
      const context = await browser.newContext();
      const url = `http://127.0.0.1:${server.port}`;
      const [name = "", value = ""] = cookie.split("=");
      await context.addCookies([{ name, value, url }]);
      const page = await context.newPage();
      const beganMs = performance.now();
      await page.goto(`${url}/usage`);
      await page.locator(".figure-value").first().waitFor();
      taken.push(performance.now() - beganMs);
      await context.close();
    }
  } finally {
    await browser.close();
    await server.close();
  }
  const ms = median(taken);
  say(
    `My usage in a browser: first figures after ${ms.toFixed(0)} ms (median of ${VISITS}; at most ${READY_MS_MAX}).`,
  );
  return ms <= READY_MS_MAX;
}
