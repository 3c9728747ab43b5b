// The lines that point each client at the gateway, one client at a time.

import * as Tabs from "@radix-ui/react-tabs";
import { CopyBlock } from "../../components/copy-block.tsx";
import { navigate, PATHS, useAddress } from "../../location.tsx";
import { toClientSetups } from "../../prepare/client-setup.ts";
import type { ClientSetup as Setup } from "../../prepare/sdk-setup.ts";

export function ClientSetup({ gatewayUrl, secret }: { gatewayUrl: string; secret: string | null }) {
  const setups = toClientSetups(gatewayUrl, secret);
  const asked = useAddress().searchParams.get("client");
  const current = setups.find(({ name }) => name === asked) ?? setups[0];
  return (
    <Tabs.Root
      value={current?.name ?? ""}
      onValueChange={(name) => navigate(`${PATHS.keys}?client=${name}`, { replace: true })}
    >
      <Tabs.List className="tab-list" aria-label="Client">
        {setups.map(({ name, label }) => (
          <Tabs.Trigger key={name} value={name}>
            {label}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      {setups.map(({ name, label, steps, ownKeySteps }) => (
        <Tabs.Content key={name} value={name} className="setup">
          <Steps label={label} steps={steps} />
          <details>
            <summary>Your client pays with a provider key of its own</summary>
            <div className="setup">
              <p className="notes">
                Where Assay has no provider key of your organisation, keep yours in the client. The Assay key
                goes beside it.
              </p>
              <Steps label={`${label} with its own provider key`} steps={ownKeySteps} />
            </div>
          </details>
        </Tabs.Content>
      ))}
    </Tabs.Root>
  );
}

function Steps({ label, steps }: { label: string; steps: Setup["steps"] }) {
  return steps.map(({ caption, lines }) => (
    <div key={caption}>
      <p className="notes">{caption}</p>
      <CopyBlock label={`${label}: ${caption}`} lines={lines} />
    </div>
  ));
}
