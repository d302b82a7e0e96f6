import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Benchmark } from './benchmark.ts'
import { DOCUMENTS_WITH_FIGURES, withFigures } from './document.ts'
import { readSeen, type Seen } from './seen.ts'
import { BENCHMARKS } from './table.ts'

const committed = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')

describe('the figures of the documents', () => {
  test.each(DOCUMENTS_WITH_FIGURES)(
    'are in %s as the benchmark saw them (npm run bench -- --write)',
    (page) => {
      expect(committed(page)).toBe(withFigures(page, BENCHMARKS, readSeen()))
    },
  )

  test('are there for every benchmark that takes no hour, and for nothing else', () => {
    const seen = readSeen()
    const wanted = BENCHMARKS.filter(({ name, onlyFull }) => !onlyFull || seen[name])
    expect(Object.keys(seen).sort()).toEqual(wanted.map(({ name }) => name).sort())
    for (const { name, figures } of wanted)
      expect(Object.keys(seen[name]?.figures ?? {}), name).toEqual(figures.map((figure) => figure.name))
  })

  test('tell the day, the machine, the commit and the load beside it, and print in bold what misses its target', () => {
    const benchmark: Benchmark = {
      ...{ name: 'Walk', subject: 'a person', baseline: 'a snail', pairs: 'short' },
      figures: [
        { name: 'metres', unit: '/s', target: { of: 'ratio', atLeast: 2 } },
        { name: 'weight', unit: 'kg', target: { of: 'subject', atMost: 80 } },
      ],
      prepare: () => Promise.resolve({ skipped: 'never run here' }),
    }
    const around = (median: number) => ({ median, low: median / 2, high: median * 2 })
    const seen: Seen = {
      Walk: {
        ...{ at: '2026-11-30T23:59:59.000Z', commit: 'abcdef0123', machine: '2 × a lawn', load: 0.25 },
        figures: {
          metres: { subjectIs: around(3), baselineIs: around(2), ratio: around(1.5) },
          weight: { subjectIs: around(70), baselineIs: around(1), ratio: around(70) },
        },
      },
    }
    const page = withFigures('docs/benchmarks.md', [benchmark], seen)
    expect(page).toContain('- 1 benchmark on 2 × a lawn; commit abcdef0123, load 0.25\n')
    expect(page).toContain('**Walk**: a person ÷ a snail (2026-11-30) |\n')
    expect(page).toContain('| metres | ≥ 2 | **1.5 (0.75–3)** | 3 (1.5–6) /s | 2 (1–4) /s |')
    expect(page).toContain('| weight | ≤ 80 kg | 70 (35–140) | 70 (35–140) kg | 1 (0.5–2) kg |')
  })
})
