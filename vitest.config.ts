import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // chDB crashes in a worker thread when that thread ends (exit 139), so every test file has a process of its own.
    pool: "forks",
    // The usual one less than there are cores leaves half of a small machine idle while a test waits for a broker.
    maxWorkers: "100%",
    // Real stores and brokers take their time on a loaded machine; what never ends is what these are for.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    reporters: ["default", "./test/closing-line.ts"],
  },
});
