// Prints, as the run's very last line, the counts that a script can read: "12 passed, 0 failed, 3 skipped". Before it, a line
// for each real service that this machine does not have, with the number of tests that were therefore not run.

import type { Reporter, TestCase, TestModule } from "vitest/node";

/** A vitest reporter, named in vitest.config.ts by its path, which is why it is this file's default export. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    const skippedWithout = new Map<string, number>();
    for (const module of modules) {
      // What fails around tests, before any of them ran, leaves them skipped.
      for (const { length } of [module, ...module.children.allSuites()].map((suite) => suite.errors()))
        if (length > 0) count.failed++;
      for (const test of module.children.allTests()) {
        count[test.result().state]++;
        const missing = missingServiceOf(test);
        if (missing !== undefined) skippedWithout.set(missing, (skippedWithout.get(missing) ?? 0) + 1);
      }
    }
    const { passed, failed, skipped } = count;
    process.once("exit", () => {
      for (const [service, tests] of skippedWithout)
        process.stdout.write(`NOT TESTED, for want of ${service}: ${tests} tests skipped\n`);
      process.stdout.write(`${passed} passed, ${failed + count.pending} failed, ${skipped} skipped\n`);
    });
  }
}

/** What the test's suite, or one around it, was skipped for. */
function missingServiceOf(test: TestCase): string | undefined {
  for (let suite = test.parent; suite.type === "suite"; suite = suite.parent) {
    const { missing } = suite.meta();
    if (missing !== undefined) return missing;
  }
  return undefined;
}
