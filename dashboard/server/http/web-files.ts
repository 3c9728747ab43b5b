// The built web application. Files under /assets have the hash of their content in their names, so browsers may keep them
// for good; the page that names them is asked for each time. The application has pages of its own under any path without a
// dot; all of them are that one page.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { serveStatic } from "@hono/node-server/serve-static";
import { Hono, type Context } from "hono";
import { compress } from "hono/compress";
import { AppError } from "../../../schemas/app-error.ts";
import type { DashboardEnv } from "../dashboard.ts";

export const WEB_DIRECTORY = join(import.meta.dirname, "../../web/dist");

export function createWebFiles(webDirectory: string): Hono<DashboardEnv> {
  const routes = new Hono<DashboardEnv>();
  const page = join(webDirectory, "index.html");
  if (!existsSync(page)) {
    routes.get("*", () => {
      throw new AppError(
        "not_found",
        "The web application is not built. Run: npm run build. Then start again.",
      );
    });
    return routes;
  }
  const sendFile = serveStatic<DashboardEnv>({ root: webDirectory });
  const sendPage = serveStatic<DashboardEnv>({ path: page });
  routes.use(compress());
  routes.use(async function setCaching(context, next) {
    await next();
    if (context.res.ok) context.header("cache-control", cachingOf(context));
  });
  routes.get("*", (context, next) =>
    isFile(context.req.path) ? sendFile(context, next) : sendPage(context, next),
  );
  return routes;
}

function isFile(path: string): boolean {
  return path.includes(".");
}

function cachingOf({ req: { path } }: Context): string {
  if (!isFile(path)) return "no-store";
  return path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}
