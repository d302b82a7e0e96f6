import { readLogo, type Complaint, type DrawnLogo, type Logo, type LogoFile, type Rule } from './logo.ts'
import { drawWithin, RENDERER, type Draw } from './picture/draw.ts'
import { lookAt } from './picture/look.ts'
import { background } from './rules/background.ts'
import { fileName } from './rules/file-name.ts'
import { isSvg } from './rules/is-svg.ts'
import { measurable, notMeasured } from './rules/measurable.ts'
import { noMargin } from './rules/no-margin.ts'
import { noOutsideReferences } from './rules/no-outside-references.ts'
import { noScripts } from './rules/no-scripts.ts'
import { noStyleSheets } from './rules/no-style-sheets.ts'
import { size } from './rules/size.ts'
import { viewBox } from './rules/view-box.ts'

/** Rules for the file as it is: one that is too large or of another kind is not looked into. */
const RULES_FOR_THE_FILE: readonly Rule<LogoFile>[] = [fileName, size]

/** The rules, in the order in which a file is best mended. A new one gets its line here. */
const RULES: readonly Rule[] = [isSvg, noScripts, noOutsideReferences, noStyleSheets, viewBox, measurable]

/** Rules for what is seen. A file that breaks one of the others, up to the view box's proportions, is not drawn. */
const RULES_FOR_THE_PICTURE: readonly Rule<DrawnLogo>[] = [noMargin, background]

export type BrokenRule = Complaint & { rule: string }

/** A rule that nobody looked at. */
export interface UncheckedRule {
  rule: string
  why: string
  mend: string
}

export interface CheckedLogo {
  broken: BrokenRule[]
  notChecked: UncheckedRule[]
}

/** In milliseconds. A logo takes a twentieth of a second; the rest is for a busy machine, on which a process starts late. */
const DEADLINE = 60_000

/** Every rule that a logo breaks, and those that could not be checked. */
export async function checkLogo(file: LogoFile, draw: Draw = drawWithin(DEADLINE)): Promise<CheckedLogo> {
  const bad = brokenBy(file, RULES_FOR_THE_FILE)
  if (bad.length > 0) return { broken: bad, notChecked: unchecked(AFTER_THE_OTHERS) }
  const logo = readLogo(file)
  const broken = brokenBy(logo, RULES)
  const { broken: seen, notChecked } = await checkPicture(logo, broken, draw)
  return { broken: [...broken, ...seen], notChecked }
}

async function checkPicture(logo: Logo, broken: readonly BrokenRule[], draw: Draw): Promise<CheckedLogo> {
  const { file, viewBox: box } = logo
  const drawable = broken.every(({ rule }) => rule === viewBox.name)
  if (typeof file === 'string' || !box || !drawable)
    return { broken: [], notChecked: unchecked(AFTER_THE_OTHERS) }
  const look = await lookAt(file.root, box, draw)
  switch (look.kind) {
    case 'seen':
      return { broken: brokenBy({ file, viewBox: box, look }, RULES_FOR_THE_PICTURE), notChecked: [] }
    case 'failed':
      return {
        broken: [{ rule: measurable.name, ...notMeasured(look.why) }],
        notChecked: unchecked(AFTER_THE_OTHERS),
      }
    case 'no_renderer':
      return { broken: [], notChecked: unchecked(WITHOUT_RENDERER) }
  }
}

const AFTER_THE_OTHERS = {
  why: 'the logo breaks another rule',
  mend: 'Mend what is named above, and check again.',
}

const WITHOUT_RENDERER = {
  why: 'the package that draws logos is not installed, or does not start',
  mend: `Install it where this command is installed (npm install ${RENDERER}; with --global, where the command was), or look at the logo on a white page.`,
}

const unchecked = (reason: Omit<UncheckedRule, 'rule'>): UncheckedRule[] =>
  RULES_FOR_THE_PICTURE.map(({ name }) => ({ rule: name, ...reason }))

const brokenBy = <Part>(logo: Part, rules: readonly Rule<Part>[]): BrokenRule[] =>
  rules.flatMap(({ name, check }) => {
    const complaint = check(logo)
    return complaint ? [{ rule: name, ...complaint }] : []
  })
