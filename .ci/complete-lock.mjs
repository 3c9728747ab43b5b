// Maintenance, `npm run lock`: run it after each `npm install` that changed the lock file.
//
// A registry that does not list every optional package of every platform makes npm leave those packages out of
// package-lock.json, and `npm ci` then refuses the lock ("Missing: … from lock file"). This adds the missing entries:
// version, platform and licence, no hash. npm installs none of them on a platform they are not for.
import { readFileSync, writeFileSync } from "node:fs";

const OPERATING_SYSTEMS = "aix android darwin freebsd linux netbsd openbsd openharmony sunos win32".split(
  " ",
);
const PROCESSORS = "arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x wasm32 x64".split(" ");

const file = process.argv[2] ?? "package-lock.json";
const lock = JSON.parse(readFileSync(file, "utf8"));
const packages = lock.packages;

let added = 0;
for (const [key, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(key, name)) continue;
    if (!/^\d+\.\d+\.\d+[-+.\w]*$/.test(version)) {
      console.error(`${name}: "${version}" is a range, left alone. Pin it in ${key || "package.json"}.`);
      process.exitCode = 1;
      continue;
    }
    const place = packages[`node_modules/${name}`] ? `${key}/node_modules/${name}` : `node_modules/${name}`;
    packages[place] = {
      version,
      ...platformOf(name),
      ...(entry.dev && { dev: true }),
      ...(entry.license && { license: entry.license }),
      optional: true,
    };
    added++;
  }
}

lock.packages = Object.fromEntries(Object.entries(packages).toSorted(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added`);

/** Whether a package at `from` finds `name` locked beside it or in a folder above, as Node would resolve it. */
function isLocked(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (packages[`${at ? `${at}/` : ""}node_modules/${name}`]) return true;
    if (!at) return false;
  }
}

/** `os`, `cpu` and `libc`, read from a platform package's name: `@x/y-linux-arm64-musl`. */
function platformOf(name) {
  const words = name.split("/").pop().split(/[-_.]/);
  const os = OPERATING_SYSTEMS.find((word) => words.includes(word));
  const cpu = PROCESSORS.find((word) => words.includes(word));
  const libc = words.some((word) => word.startsWith("musl"))
    ? "musl"
    : words.some((word) => word.startsWith("gnu"))
      ? "glibc"
      : undefined;
  return {
    ...(cpu && { cpu: [cpu] }),
    ...(os === "linux" && libc && { libc: [libc] }),
    ...(os && { os: [os] }),
  };
}
