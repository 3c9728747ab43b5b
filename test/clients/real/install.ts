// Installs the command-line clients of packages.ts, each into a folder of its own. One that can't be had is named, and left out:
// the tests of it are then skipped, and counted as skipped.

import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { binFolderOf, CLIENT_PACKAGES, folderOf, isInstalled, type ClientPackage } from "./packages.ts";

const INSTALL_MS_MAX = 600_000;

for (const client of Object.values(CLIENT_PACKAGES)) {
  if (isInstalled(client)) continue;
  const from = performance.now();
  const isDone = install(client);
  const seconds = ((performance.now() - from) / 1000).toFixed(0);
  console.log(`${client.name}: ${isDone ? `installed in ${seconds} s` : "can't be installed"}`);
}

function install(client: ClientPackage): boolean {
  const folder = folderOf(client);
  mkdirSync(folder, { recursive: true });
  // Without it npm would take the project above for the place to install to.
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const environment = { ...process.env, PATH: binFolderOf(client) + delimiter + process.env["PATH"] };
  return client.packages.every((name) => {
    const argv = ["install", "--save-exact", "--no-audit", "--no-fund", "--loglevel=error", name];
    const { status } = spawnSync("npm", argv, {
      cwd: folder,
      env: environment,
      stdio: ["ignore", "ignore", "inherit"],
      timeout: INSTALL_MS_MAX,
    });
    return status === 0;
  });
}
