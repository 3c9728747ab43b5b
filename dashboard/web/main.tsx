// Starts the web application: puts its dependencies together and draws it into the page.

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createRoot } from "react-dom/client";
import { z } from "zod";
import { AppError } from "../../schemas/app-error.ts";
import { createApi } from "./api/client.ts";
import { App } from "./app.tsx";
import { applyStoredTheme } from "./preferences.ts";

/** Beyond the first attempt, and only for failures that may pass. */
const RETRIES_MAX = 2;
/** How old figures may be before a page that is opened again asks anew. */
const FRESH_MS = 30_000;

// Compiling schemas needs `eval`, which the page's content security policy forbids.
z.config({ jitless: true });
applyStoredTheme();

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      retry: (failures, error) => error instanceof AppError && error.retry && failures < RETRIES_MAX,
    },
  },
});

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no place for the application.");
createRoot(root).render(
  <QueryClientProvider client={queryClient}>
    <App api={createApi((input, init) => window.fetch(input, init))} now={() => new Date()} />
  </QueryClientProvider>,
);
