import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import { folderCycles } from './folder-cycles.ts'
import { importRules } from './import-rules.ts'

/** Names that say nothing about what is inside, so that anything ends up there. */
const drawer = /(^|[/-])(utils?|helpers?|common|managers?)([./-]|$)/

const longest = 200

/** What breaks the rules of the house in `src/` under `root`, as `rule: file`, and how many files were looked at. */
export async function sourceProblems(root: string): Promise<{ problems: string[]; modules: number }> {
  const imports = await importProblems(root)
  return { problems: [...imports.problems, ...(await fileProblems(root))], modules: imports.modules }
}

async function importProblems(root: string) {
  const { output } = await cruise(['src'], {
    baseDir: root,
    ruleSet: { forbidden: importRules },
    validate: true,
    // Types count: a flow that knows an engine's type knows the engine.
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  })
  const { modules, summary } = output as ICruiseResult
  const problems = summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)
  return { problems: [...problems, ...folderCycles(modules)], modules: summary.totalCruised }
}

async function fileProblems(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const problems = files.map(async (file) => {
    const path = file.slice(root.length + 1)
    const text = await readFile(file, 'utf8')
    return [
      drawer.test(path) && `no-drawer: ${path}`,
      /\.[jt]s$/.test(path) && text.split('\n').length > longest + 1 && `short-files: ${path}`,
      readsEnvironment(path, text) && `environment-only-at-the-entry: ${path}`,
    ]
  })
  return (await Promise.all(problems)).flat().filter((problem) => problem !== false)
}

function readsEnvironment(path: string, text: string): boolean {
  const entry = path === 'src/main.ts' || path.startsWith('src/cli/')
  return !entry && /\bprocess\.env\b|['"](node:)?process['"]|\benv\b.*=\s*process\b/.test(text)
}
