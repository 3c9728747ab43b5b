// `assay login-link`: a one-time link into the dashboard. It signs in as the person, so it stands in their audit. Where the
// organisation has a sign-in service, there are links for the first owner alone.

import { defineCommand, EXIT, refuseUsage, type StoreCommand } from "../../schemas/command.ts";
import { toDashboardUrl } from "../server/http/addresses.ts";
import { requireLinkAllowed } from "../server/access/first-owner.ts";
import { createLoginLink } from "../server/access/login-links.ts";
import { findPerson } from "../server/people/people.ts";

export const loginLinkCommand = defineCommand<StoreCommand>({
  kind: "store",
  name: "login-link",
  summary: "Make a link that signs a person in once, within 15 minutes",
  usage: "EMAIL",
  options: {},
  async run({ positionals, values }, io, { postgres }, config) {
    const [email] = positionals;
    if (email === undefined || positionals.length > 1)
      return refuseUsage(io, "Say for whom: npx assay login-link you@example.com");
    const { personId, email: address } = await findPerson(postgres.db, email);
    await requireLinkAllowed(postgres.db, { personId, oidc: config.oidc });
    const dashboardUrl = toDashboardUrl(config);
    const link = await createLoginLink(postgres, { personId, dashboardUrl, now: io.now() });
    io.stderr.write(`Signs in ${address}, once, within 15 minutes. ${address} can see that it was made.\n`);
    io.stdout.write(`${values["json"] === true ? JSON.stringify({ email: address, link }) : link}\n`);
    return EXIT.done;
  },
});
