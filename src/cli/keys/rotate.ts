import { Command } from 'commander'
import { openResealer, type Resealer } from '../../store/index.ts'
import { readEnvironment } from '../environment.ts'
import { print, type OutputOptions } from '../output.ts'
import { showProgress } from '../progress.ts'
import { action } from '../run-command.ts'

interface Options extends OutputOptions {
  dryRun?: true
}

export const rotateCommand = () =>
  new Command('rotate')
    .description(
      'Re-seal everything with the first key of ENCRYPTION_KEYS, while the service goes on serving.',
    )
    .option('--dry-run', 'only say how much there is to do')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(action(rotate))

const HELP = `
How to change the key:
  1. wauth keys generate; put the new key behind the older ones in ENCRYPTION_KEYS, and restart every replica with that,
     and every program that uses 'wauth-connector/keys'
  2. put the new key in front, and restart all of them again
  3. wauth keys rotate; an interrupted run resumes where it stood
  4. take the older keys out of ENCRYPTION_KEYS

Examples:
  wauth keys rotate --dry-run
  wauth keys rotate
`

async function rotate({ dryRun, ...output }: Options) {
  const store = await openResealer(readEnvironment(), { readOnly: dryRun === true })
  try {
    const result = dryRun
      ? { key: store.keyId, toDo: await store.count(), resealed: 0, forgotten: [] }
      : await reseal(store)
    print(result, output, words(dryRun === true))
  } finally {
    await store.close()
  }
}

async function reseal(store: Resealer) {
  const progress = showProgress('Re-sealing', await store.count())
  let resealed = 0
  for await (const done of store.reseal()) {
    resealed += done
    progress.at(resealed)
  }
  progress.end()
  return { key: store.keyId, toDo: await store.count(), resealed, forgotten: await store.forgetUnused() }
}

interface Result {
  key: string
  toDo: number
  resealed: number
  forgotten: string[]
}

const words = (dryRun: boolean) => (result: Result) => {
  const { key, toDo, resealed, forgotten } = result
  if (dryRun) return `${toDo} values are sealed with older keys than ${key}. Nothing was changed.`
  const next =
    toDo > 0
      ? MORE
      : forgotten.length > 0
        ? `No value needs ${forgotten.join(', ')} any more: take it out of ENCRYPTION_KEYS.`
        : ''
  return [`${resealed} values were re-sealed with ${key}.`, next].filter(Boolean).join('\n')
}

const MORE = `Something still seals with an older key. Restart every replica with the new key in front, then run this again.`
