// What is said while there is too little evidence for a verdict, which is the usual case.

export const NOT_ENOUGH_EVIDENCE = "Not enough evidence.";

/** `6.2 of the 13 expected outcomes that a verdict needs` */
export function writeEvidence({ expected, needed }: { expected: number; needed: number }): string {
  return `${expected.toFixed(1)} of the ${needed} expected outcomes that a verdict needs`;
}
