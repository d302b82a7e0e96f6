import { printable } from '../../shared/printable.ts'
import { ANNOUNCED_FOR, type ReplicaKeys, type SealingKeyStore } from '../sealing-records.ts'
import { all, read, repeatable, run, single, sql, type Run, type Steps } from './operation.ts'

/** It lies among the claims: a word that ends by itself, and nothing else of it has to be kept. */
const PREFIX = 'replica:'

/** Written again: a role of the database that is as the documents make it may not update claims. */
const ANNOUNCE = sql('INSERT INTO claims (key, until) VALUES (@word, {now} + CAST(@wait AS bigint))')

const WITHDRAW = sql('DELETE FROM claims WHERE key = @word')

const OURS = `substr(key, 1, ${PREFIX.length}) = '${PREFIX}'`

const WITHDRAW_ALL = sql(`DELETE FROM claims WHERE ${OURS}`)

const ANNOUNCED = sql<{ word: string }>(
  `SELECT key AS word FROM claims WHERE ${OURS} AND until > {now} ORDER BY key`,
)

const announce = repeatable(function* (replica: ReplicaKeys): Steps<void> {
  const values = { word: wordOf(replica), wait: ANNOUNCED_FOR }
  for (const step of [WITHDRAW, ANNOUNCE]) yield* run(step, values)
})

const withdraw = single(function* (replica: ReplicaKeys): Steps<void> {
  yield* run(WITHDRAW, { word: wordOf(replica) })
})

/** For a process that has the database alone, when it starts. */
export const withdrawAll = single(function* (): Steps<void> {
  yield* run(WITHDRAW_ALL)
})

const announced = read(function* (): Steps<ReplicaKeys[]> {
  return (yield* all(ANNOUNCED)).map(({ word }) => replicaIn(word))
})

const wordOf = ({ name, id, keys }: ReplicaKeys) => `${PREFIX}${JSON.stringify([name, id, ...keys])}`

function replicaIn(word: string): ReplicaKeys {
  const words = JSON.parse(word.slice(PREFIX.length)) as string[]
  // It is shown on terminals, and the name of a machine is nobody's promise.
  const [name = '', id = '', ...keys] = words.map(printable)
  return { name, id, keys }
}

export const replicaKeys = (run: Run): Pick<SealingKeyStore, 'announce' | 'withdraw' | 'announced'> => ({
  announce: (replica) => run(announce, replica),
  withdraw: (replica) => run(withdraw, replica),
  announced: () => run(announced),
})
