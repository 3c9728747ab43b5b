// Models whose calls have known usage and no price, as the doctor and `assay reprice` tell of them.

/** Models without a price beyond these are left out of a list. */
export const UNPRICED_MODELS_MAX = 100;
/** Models named in a sentence. */
const MODELS_TOLD_MAX = 5;

export interface UnpricedModel {
  provider: string;
  model: string | null;
  service_tier: string | null;
  calls: number;
}

/** @returns `our-own-1 of vllm (3 calls), gpt-6-sol of openai, tier priority (1 calls), and 2 more` */
export function toPhrase(models: readonly UnpricedModel[]): string {
  const told = models.slice(0, MODELS_TOLD_MAX).map(({ provider, model, service_tier: tier, calls }) => {
    const inTier = tier === null ? "" : `, tier ${tier}`;
    return `${model ?? "an unknown model"} of ${provider}${inTier} (${calls} calls)`;
  });
  if (models.length > MODELS_TOLD_MAX) told.push(`and ${models.length - MODELS_TOLD_MAX} more`);
  return told.join(", ");
}
