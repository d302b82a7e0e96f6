import { AppError } from '../shared/app-error.ts'

/** One thing that is wrong with one setting. Neither text ever quotes the value. */
export interface Problem {
  name: string
  problem: string
  hint: string
}

/** The set-up is unusable. `message` is the whole text for a terminal, with every problem in it. */
export class ConfigError extends AppError {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const count = problems.length === 1 ? 'one problem' : `${problems.length} problems`
    super([`The configuration has ${count}:`, ...problems.map(describeProblem)].join('\n'), {
      code: 'bad_configuration',
    })
    this.problems = problems
  }
}

/** Two lines for a terminal or a log: what is wrong, and what to do about it. */
function describeProblem({ name, problem, hint }: Problem): string {
  return `  ${name} ${problem}\n    → ${hint}`
}
