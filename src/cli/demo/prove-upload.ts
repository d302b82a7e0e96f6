import { minutes, systemMonotonic } from '../../shared/clock.ts'
import { sleep } from '../../shared/sleep.ts'
import { openStore } from '../../store/index.ts'
import type { Store } from '../../store/port.ts'
import { isEnded, progressOf } from '../../upload/progress.ts'
import { drawSteps } from '../upload/draw-steps.ts'
import { compareContent } from './compare-content.ts'
import { say } from './say.ts'
import type { RunningDemo } from './start-demo.ts'

const LOOK_EVERY = 300

/** Longer than the demo's data takes on a slow machine. */
const PATIENCE = minutes(5)

/** The customer as whom the demo is walked. */
const ACCOUNT = 'acme'

/** Shows the bars until the upload has ended; then whether everything that the CRM exports is at Wazzup. */
export async function proveUpload({ sandbox, settings }: RunningDemo): Promise<boolean> {
  say('\nUploading:')
  const store = await openStore(settings)
  const ending = await watchUntilEnd(store).finally(() => store.close())
  const problems =
    ending === null ? await compareContent(sandbox.crm, sandbox.wazzup.account(), ACCOUNT) : [ending]
  for (const problem of problems) say(`  ${problem}`)
  if (problems.length > 0) return false
  say('  upload          complete: Wazzup holds what the CRM exports, row by row')
  return true
}

/** Null when it has ended well; otherwise what went wrong. */
async function watchUntilEnd(store: Store): Promise<string | null> {
  const draw = drawSteps(process.stdout)
  const until = systemMonotonic() + PATIENCE
  while (systemMonotonic() < until) {
    const upload = await store.uploads.find(ACCOUNT)
    if (upload) draw(progressOf(upload))
    if (upload && isEnded(upload)) {
      return upload.status === 'done'
        ? null
        : `The upload ended as ${upload.status}: ${upload.reason ?? '-'}.`
    }
    await sleep(LOOK_EVERY)
  }
  return 'The upload has not ended in time.'
}
