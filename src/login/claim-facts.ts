/** One claim that a login reads, as the documents list it and as tests hold the login to it. */
export interface ClaimFacts {
  /** Its name, unless a setting gives it another. */
  name: string
  /** What it is. */
  says: string
  /** When a login without it is refused: always, with a setting, or never (null). */
  needed: 'always' | { with: string } | null
  /** The setting by which it can have another name. */
  setting?: string
}

/** A Markdown table of claims. */
export function renderClaims(claims: readonly ClaimFacts[]): string {
  const rows = claims.map(
    ({ name, says, needed, setting }) =>
      `| \`${name}\` | ${says} | ${neededIn(needed)} | ${setting === undefined ? '' : `\`${setting}\``} |`,
  )
  return ['| Claim | What it is | Needed | Another name by |', '| --- | --- | --- | --- |', ...rows, ''].join(
    '\n',
  )
}

function neededIn(needed: ClaimFacts['needed']): string {
  if (needed === null) return 'no'
  return needed === 'always' ? '**yes**' : `with \`${needed.with}\``
}
