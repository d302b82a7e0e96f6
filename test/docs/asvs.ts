/**
 * How many requirements of levels 1 and 2 each section of OWASP ASVS 5.0.0 has. Those of level 3 come behind them in
 * every section, so that these are numbered from 1 without a gap.
 */
const SECTIONS: Readonly<Record<string, readonly number[]>> = {
  V1: [2, 9, 11, 3, 2],
  V2: [3, 3, 4, 1],
  V3: [0, 2, 4, 6, 5, 0, 2],
  V4: [3, 1, 2, 4],
  V5: [1, 3, 2, 3],
  V6: [3, 12, 4, 4, 5, 3, 0, 4],
  V7: [3, 4, 2, 5, 2, 2],
  V8: [2, 3, 1, 1],
  V9: [3, 4],
  V10: [2, 2, 4, 11, 5, 2, 3],
  V11: [2, 3, 3, 4, 1, 1, 0],
  V12: [3, 2, 4],
  V13: [1, 5, 2, 5],
  V14: [2, 4, 3],
  V15: [3, 3, 7, 0],
  V16: [1, 5, 4, 3, 3],
  V17: [1, 4, 2],
}

/** Every requirement of levels 1 and 2, in their order: `V1.1.1` and so on. */
export const REQUIREMENTS: readonly string[] = Object.entries(SECTIONS).flatMap(([chapter, counts]) =>
  counts.flatMap((count, section) =>
    Array.from({ length: count }, (_, number) => `${chapter}.${section + 1}.${number + 1}`),
  ),
)

/** The requirements that a number stands for: a chapter, a section, or one. */
export const requirementsOf = (name: string) =>
  REQUIREMENTS.filter((requirement) => requirement === name || requirement.startsWith(`${name}.`))
