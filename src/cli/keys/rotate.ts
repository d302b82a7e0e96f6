import { Command } from 'commander'
import { openResealer, type Resealer } from '../../store/index.ts'
import { confirmed } from '../ask.ts'
import { readEnvironment } from '../environment.ts'
import { print, type OutputOptions } from '../output.ts'
import { showProgress } from '../progress.ts'
import { action } from '../run-command.ts'

interface Options extends OutputOptions {
  dryRun?: true
  yes?: true
}

export const rotateCommand = () =>
  new Command('rotate')
    .option('--dry-run', 'only say how much there is to do, and which replicas are in the way')
    .option('--yes', "do not ask whether the programs that use 'wauth-connector/keys' have the key")
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

It changes nothing while a running replica lacks the key, and names that replica. Programs that use
'wauth-connector/keys' only read, so they cannot be seen: it asks about them.

Examples:
  wauth keys rotate --dry-run
  wauth keys rotate
  wauth keys rotate --yes
`

async function rotate({ dryRun, yes, ...output }: Options) {
  const store = await openResealer(readEnvironment(), { readOnly: dryRun === true })
  try {
    if (dryRun) {
      print({ ...(await before(store)), resealed: 0, forgotten: [] }, output, wordsBefore)
      return
    }
    if (!(await mayBegin(store, yes === true))) {
      process.stderr.write('Nothing was changed.\n')
      return
    }
    print(await reseal(store), output, wordsAfter)
  } finally {
    await store.close()
  }
}

async function mayBegin(store: Resealer, sure: boolean): Promise<boolean> {
  const { lacking } = await store.others()
  // It is refused, whatever the answer would be.
  if (sure || lacking.length > 0) return true
  return confirmed(
    `Programs that use 'wauth-connector/keys' cannot be seen from here. Has each been restarted with ${store.keyId} in its keys, or are there none?`,
  )
}

const before = async (store: Resealer) => ({
  ...{ key: store.keyId, toDo: await store.count() },
  ...(await store.others()),
})

async function reseal(store: Resealer) {
  const progress = showProgress('Re-sealing', await store.count())
  let resealed = 0
  for await (const done of store.reseal()) {
    resealed += done
    progress.at(resealed)
  }
  progress.end()
  const forgotten = await store.forgetUnused()
  return { ...(await before(store)), resealed, forgotten }
}

interface Before {
  key: string
  toDo: number
  lacking: string[]
  sealingOtherwise: string[]
}

function wordsBefore({ key, toDo, lacking }: Before) {
  const next = lacking.length > 0 ? `${lacking.join(', ')} could not open them: ${key} is missing there.` : ''
  return [`${toDo} values are sealed with older keys than ${key}. Nothing was changed.`, next]
    .filter(Boolean)
    .join('\n')
}

function wordsAfter({
  key,
  toDo,
  sealingOtherwise,
  resealed,
  forgotten,
}: Before & { resealed: number; forgotten: string[] }) {
  const still = sealingOtherwise.length > 0 ? sealingOtherwise.join(', ') : 'Something'
  const next =
    toDo > 0 || sealingOtherwise.length > 0
      ? `${still} still seals with an older key. Restart every replica with the new key in front, then run this again.`
      : forgotten.length > 0
        ? `No value needs ${forgotten.join(', ')} any more: take it out of ENCRYPTION_KEYS.`
        : ''
  return [`${resealed} values were re-sealed with ${key}.`, next].filter(Boolean).join('\n')
}
