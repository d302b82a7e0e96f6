import { Command } from 'commander'
import { AppError } from '../../shared/app-error.ts'
import { sleep } from '../../shared/sleep.ts'
import type { Store, Upload } from '../../store/port.ts'
import { isEnded, progressOf, type UploadProgress } from '../../upload/progress.ts'
import { EXIT } from '../exit.ts'
import { print, table, type OutputOptions } from '../output.ts'
import { action } from '../run-command.ts'
import { withStore } from '../with-store.ts'
import { listRejects } from './rejects.ts'
import { drawSteps } from './draw-steps.ts'
import { waitOf } from './waits.ts'

interface Options extends OutputOptions {
  watch?: true
  rejects?: true
}

export const statusCommand = () =>
  new Command('status')
    .description(
      'Show how far an upload has got, per kind: rows, rejects, time left. Exits 1 when it has failed.',
    )
    .argument('<crmAccountId>', 'the CRM account, as its login names it')
    .option('--watch', 'stay until it has ended')
    .option('--rejects', 'list what could not be sent, and why')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  wauth upload status acme --watch\n  wauth upload status acme --rejects --json\n',
    )
    .action(action(status))

const status = (crmAccountId: string, { watch, rejects, ...output }: Options) =>
  withStore(async (store) => {
    const first = await uploadOf(store, crmAccountId)
    const upload = watch && !isEnded(first) ? await watchUntilEnd(store, crmAccountId) : first
    if (upload.status === 'failed') process.exitCode = EXIT.failed
    if (rejects) await listRejects(store, upload, output)
    else print(progressOf(upload), output, words)
  })

async function uploadOf(store: Store, crmAccountId: string): Promise<Upload> {
  const upload = await store.uploads.find(crmAccountId)
  if (upload) return upload
  throw new AppError('This CRM account has no upload', {
    code: 'no_upload',
    hint: 'It may not be connected: wauth connections show <crmAccountId>. To begin one: wauth upload start <crmAccountId>.',
  })
}

const LOOK_EVERY = 500

async function watchUntilEnd(store: Store, crmAccountId: string): Promise<Upload> {
  const draw = drawSteps(process.stderr)
  for (;;) {
    const upload = await uploadOf(store, crmAccountId)
    draw(progressOf(upload))
    if (isEnded(upload)) return upload
    await sleep(LOOK_EVERY)
  }
}

function headline(progress: UploadProgress): string {
  const { status: state, reason } = progress
  const wait = waitOf(progress)
  if (wait !== null) return `Upload: ${state}, ${wait}`
  return `Upload: ${state.replaceAll('_', ' ')}${reason === null ? '' : ` (${reason})`}`
}

const words = (progress: UploadProgress): string =>
  [
    headline(progress),
    '',
    table(
      ['KIND', 'STATUS', 'READ', 'OF', 'SENT', 'REJECTED', 'REASON'],
      progress.steps.map((step) => [
        ...[step.kind, step.status.replaceAll('_', ' '), String(step.read), String(step.total ?? '?')],
        ...[String(step.sent), String(step.rejected), step.reason ?? ''],
      ]),
    ),
  ].join('\n')
