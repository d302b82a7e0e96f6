import type { Sandbox } from '../../sandbox/start-sandbox.ts'
import { sleep } from '../../shared/sleep.ts'
import type { Store } from '../../store/port.ts'
import { isEnded, progressOf } from '../../upload/progress.ts'
import { drawSteps } from '../upload/draw-steps.ts'
import { compareContent } from './compare-content.ts'

const LOOK_EVERY = 300

/** Longer than the demo's data takes on a slow machine. */
const PATIENCE = 5 * 60_000

/** Shows the bars until the upload has ended, then looks whether it arrived. @returns what is wrong, in sentences */
export async function followUpload(
  store: Store,
  { crm, wazzup }: Pick<Sandbox, 'crm' | 'wazzup'>,
  crmAccountId: string,
): Promise<string[]> {
  const draw = drawSteps(process.stdout)
  const until = Date.now() + PATIENCE
  for (;;) {
    const upload = await store.uploads.find(crmAccountId)
    if (upload) draw(progressOf(upload, new Date()))
    if (upload && isEnded(upload)) {
      if (upload.status !== 'done')
        return [`The upload ended as ${upload.status}: ${upload.reason ?? 'no reason given'}.`]
      return compareContent(crm, wazzup.account(), crmAccountId)
    }
    if (Date.now() > until) return ['The upload has not ended in time.']
    await sleep(LOOK_EVERY)
  }
}
