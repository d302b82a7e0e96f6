import { readLogo, type Complaint, type LogoFile, type Rule } from './logo.ts'
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

/** Rules for the file as it is: one that is too large or of another kind is not looked into. */
const RULES_FOR_THE_FILE: readonly Rule<LogoFile>[] = [fileName, size]

/** The rules, in the order in which a file is best mended. A new one gets its line here. */
const RULES: readonly Rule[] = [
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
export function checkLogo(file: LogoFile): BrokenRule[] {
  const broken = brokenBy(file, RULES_FOR_THE_FILE)
  return broken.length > 0 ? broken : brokenBy(readLogo(file), RULES)
}

const brokenBy = <Part>(logo: Part, rules: readonly Rule<Part>[]): BrokenRule[] =>
  rules.flatMap(({ name, check }) => {
    const complaint = check(logo)
    return complaint ? [{ rule: name, ...complaint }] : []
  })
