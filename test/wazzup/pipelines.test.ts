import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '../../src/shared/clock.ts'
import { createAuthorizedCall } from '../../src/wazzup/authorized-call.ts'
import { createWazzupClient } from '../../src/wazzup/client.ts'
import { createReadPipelineIds } from '../../src/wazzup/pipelines.ts'
import { aPipeline, connectedWazzup } from '../sandbox/wazzup/connected.ts'

test.each(['array', 'enveloped'] as const)('are read as a list: %s', async (pipelinesList) => {
  const { wazzup, apiKey, call } = await connectedWazzup({ switches: { pipelinesList } })
  await call('POST', '/v3/pipelines', [aPipeline('1'), aPipeline('2')])
  const client = createWazzupClient({ apiUrl: new URL(wazzup.url), deadline: 5000, maxAnswer: 65536 })
  onTestFinished(() => client.close())
  const read = createReadPipelineIds(createAuthorizedCall(client, systemClock))
  expect(await read(apiKey)).toEqual({ kind: 'read', ids: new Set(['1', '2']) })
})
