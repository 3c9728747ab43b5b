import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // chDB crashes in a worker thread when that thread ends (exit 139), so every test file has a process of its own.
    pool: "forks",
    reporters: ["default", "./test/closing-line.ts"],
  },
});
