import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/clients/real/*.real.ts"],
    pool: "forks",
    // Clients are heavy: one file after the other.
    fileParallelism: false,
    // Each client is started four times, and some take half a minute for it.
    testTimeout: 600_000,
    hookTimeout: 120_000,
    reporters: ["verbose"],
  },
});
