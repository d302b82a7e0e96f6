import { isSvgRoot, SVG } from '../element.ts'
import type { Rule } from '../logo.ts'

export const isSvg: Rule = {
  name: 'is-svg',
  check({ file }) {
    if (typeof file === 'string') {
      return {
        problem: `this is not a well-formed SVG file: ${file}`,
        mend: 'Export it again as a plain SVG, in UTF-8 (Inkscape: «Plain SVG»; Illustrator: without «Preserve Illustrator Editing Capabilities»).',
      }
    }
    if (isSvgRoot(file.root)) return null
    return {
      problem: `the outermost element is <${file.root.name}>, not an <svg> in its namespace`,
      mend: `Begin the file with <svg xmlns="${SVG}" viewBox="…">.`,
    }
  },
}
