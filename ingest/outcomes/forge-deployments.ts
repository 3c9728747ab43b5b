// What went into production and stayed there. A commit is deployed once to an environment, however often it is sent there again. Who
// deploys a commit that was there before one that is there now rolls back what came between.

import { z } from "zod";
import type { Outcome } from "../../schemas/outcome.ts";
import { combine, fromFact, hashCommit } from "./contributions.ts";
import type { Deployed } from "./forge-event.ts";
import type { ForgeContext } from "./forge-context.ts";

const valueSchema = z.object({ deployment: z.number() });

export async function toDeployOutcomes(context: ForgeContext, event: Deployed): Promise<Outcome[]> {
  const { facts, hashes, repository, prefix, create } = context;
  const { environment, deployment, commit, hasSucceeded, at } = event;
  const environmentHash = hashes.other("environment", `${repository}\n${environment}`);
  const commitHash = hashCommit(hashes, commit);
  const id = (deployed: string): string => `${prefix}:deploy:${environmentHash}:${deployed}`;
  const before = await facts.find("deployed", [environmentHash]);
  const place = before.findIndex(({ detail }) => detail === commitHash);

  async function rollBack(deployed: readonly string[]): Promise<Outcome[]> {
    await facts.forget("deployed", environmentHash, deployed);
    return deployed.map((each) =>
      create({
        outcome_id: `${id(each)}:rolled_back`,
        kind: "deploy_rolled_back",
        occurredAt: at,
        reverses: `${id(each)}:succeeded`,
      }),
    );
  }

  if (!hasSucceeded) {
    const isSame = before.some(
      ({ detail, value }) => detail === commitHash && valueSchema.parse(value).deployment === deployment,
    );
    return isSame ? rollBack([commitHash]) : [];
  }
  if (place !== -1) return rollBack(before.slice(place + 1).map(({ detail }) => detail));
  const value: z.infer<typeof valueSchema> = { deployment };
  await facts.keep([{ fact: "deployed", subject: environmentHash, detail: commitHash, value, at }]);
  const commits = await facts.find("commit", [commitHash]);
  return [
    create({
      ...combine(commits.map(fromFact)),
      outcome_id: `${id(commitHash)}:succeeded`,
      kind: "deploy_succeeded",
      occurredAt: at,
    }),
  ];
}
