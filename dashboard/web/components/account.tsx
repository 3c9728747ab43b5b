// Who is signed in and where else, the colours, and the way out.

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { navigate, PATHS } from "../location.tsx";
import { SignedInPlaces } from "../pages/sessions/signed-in-places.tsx";
import { THEMES, useTheme } from "../preferences.ts";
import { useSession } from "../session.ts";
import { NoticesEntry } from "./notices.tsx";
import { Note } from "./states.tsx";
import { signOut } from "../api/session.ts";

const THEME_LABELS = { system: "As the system", light: "Light", dark: "Dark" } as const;

export function Account() {
  const { api, me } = useSession();
  const queryClient = useQueryClient();
  const [theme, setTheme] = useTheme();
  const themeId = useId();
  const leaving = useMutation({
    mutationFn: () => signOut(api),
    onSuccess: () => {
      navigate(PATHS.signIn, { replace: true });
      queryClient.clear();
    },
  });
  return (
    <div className="account">
      <NoticesEntry kind="line" />
      <div className="account-row">
        <label htmlFor={themeId}>Colours</label>
        <select
          id={themeId}
          value={theme}
          onChange={(event) => setTheme(THEMES.find((name) => name === event.target.value) ?? "system")}
        >
          {THEMES.map((name) => (
            <option key={name} value={name}>
              {THEME_LABELS[name]}
            </option>
          ))}
        </select>
      </div>
      <div className="person">
        <div className="person-name">{me.name}</div>
        <div className="labels">{me.team === null ? me.email : `${me.email}, ${me.team}`}</div>
      </div>
      {leaving.error !== null && <Note kind="failed">You are still signed in. {leaving.error.message}</Note>}
      <div>
        <SignedInPlaces />
      </div>
      <div>
        <button
          type="button"
          className="button"
          data-kind="plain"
          disabled={leaving.isPending}
          onClick={() => leaving.mutate()}
        >
          Sign out
        </button>
      </div>
    </div>
  );
}
