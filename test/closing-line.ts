// Prints, as the run's very last line, the counts that a script can read: "12 passed, 0 failed, 3 skipped".

import type { Reporter, TestModule } from "vitest/node";

/** A vitest reporter, named in vitest.config.ts by its path, which is why it is this file's default export. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++;
      for (const test of module.children.allTests()) count[test.result().state]++;
    }
    const { passed, failed, skipped } = count;
    process.once("exit", () =>
      process.stdout.write(`${passed} passed, ${failed + count.pending} failed, ${skipped} skipped\n`),
    );
  }
}
