import type { Complaint, Logo, Rule } from './logo.ts'
import { background } from './rules/background.ts'
import { fileName } from './rules/file-name.ts'
import { isSvg } from './rules/is-svg.ts'
import { measurable } from './rules/measurable.ts'
import { noMargin } from './rules/no-margin.ts'
import { noOutsideReferences } from './rules/no-outside-references.ts'
import { noScripts } from './rules/no-scripts.ts'
import { noStyleSheets } from './rules/no-style-sheets.ts'
import { size } from './rules/size.ts'
import { viewBox } from './rules/view-box.ts'

/** The rules, in the order in which a file is best mended. A new one gets its line here. */
const RULES: readonly Rule[] = [
  fileName,
  size,
  isSvg,
  noScripts,
  noOutsideReferences,
  noStyleSheets,
  viewBox,
  measurable,
  noMargin,
  background,
]

export type BrokenRule = Complaint & { rule: string }

/** Every rule that a logo breaks. */
export const checkLogo = (logo: Logo): BrokenRule[] =>
  RULES.flatMap(({ name, check }) => {
    const complaint = check(logo)
    return complaint ? [{ rule: name, ...complaint }] : []
  })
