import { expect, test } from 'vitest'
import { createLogger } from '../../src/observability/logger.ts'
import { AppError } from '../../src/shared/app-error.ts'
import { collectLog } from '../support/log-lines.ts'

function logged(work: (log: ReturnType<typeof createLogger>) => void) {
  const log = collectLog()
  work(createLogger('trace', log.destination))
  return { lines: log.lines(), text: log.text() }
}

const foreign = () =>
  Object.assign(new TypeError('Invalid header value: Bearer s3cret'), { code: 'ERR_INVALID_CHAR' })

test('an event is one line with its name, level and time', () => {
  const { lines } = logged((log) => {
    log.info({ event: 'connect.arrive', attemptId: 'a1' })
  })
  expect(lines).toEqual([
    { level: 'info', time: expect.any(String) as string, event: 'connect.arrive', attemptId: 'a1' },
  ])
})

test("a foreign error's message is never written, however it is handed in", () => {
  const { text, lines } = logged((log) => {
    log.error({ event: 'x', err: foreign() })
    log.error({ err: foreign() })
    log.error(foreign())
    log.error({ event: 'x', err: new AppError('Ours', { code: 'ours', cause: foreign() }) })
    log.error(foreign(), 'with s3cret text')
  })
  expect(text).not.toContain('s3cret')
  expect(lines.map(({ err }) => (err as { code: string }).code)).toEqual([
    ...Array<string>(3).fill('ERR_INVALID_CHAR'),
    'ours',
    'ERR_INVALID_CHAR',
  ])
})

test('our own errors say what happened and what to do', () => {
  const { lines } = logged((log) => {
    log.error({
      event: 'x',
      err: new AppError('The disk is full', { code: 'disk_full', hint: 'Make room.' }),
    })
  })
  expect(lines[0]?.['err']).toMatchObject({
    message: 'The disk is full',
    code: 'disk_full',
    hint: 'Make room.',
  })
})
