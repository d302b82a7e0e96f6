import type { Rule } from '../logo.ts'

/** What is drawn must be known, or nothing can be said about margins and background. */
export const measurable: Rule = {
  name: 'measurable',
  check({ drawing }) {
    if (!drawing || drawing.obstacles.length === 0) return null
    const text = drawing.obstacles.some((obstacle) => /^<(text|tspan)\b/.test(obstacle))
    return {
      problem: `its margins cannot be measured: ${drawing.obstacles.slice(0, 5).join('; ')}`,
      mend: text
        ? 'Turn text into paths («Object to path», «Create outlines»): the font is not on the other machine either.'
        : 'Turn everything into plain paths («Object to path», «Expand»; or npx svgo logo.svg).',
    }
  },
}
