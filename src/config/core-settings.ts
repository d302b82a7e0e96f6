import { z } from 'zod'
import { crm } from './sections/crm.ts'
import { events } from './sections/events.ts'
import { keys } from './sections/keys.ts'
import { listeners } from './sections/listeners.ts'
import { limits } from './sections/limits.ts'
import { forbidden, runtime } from './sections/runtime.ts'
import { storage } from './sections/storage.ts'
import { tracing } from './sections/tracing.ts'
import { upload } from './sections/upload.ts'
import { wayOut } from './sections/way-out.ts'
import { wazzup } from './sections/wazzup.ts'

/** Settings that are shown under one heading. */
export interface SettingsGroup {
  title: string
  schema: z.ZodObject
  /** The setting that makes this group count, as `NAME=value`; without it the group always counts. */
  when?: string
}

/** What everybody has to think about. The login follows it, then the rest. */
export const basicGroups: readonly SettingsGroup[] = [
  { title: 'Listeners', schema: listeners },
  { title: 'Storage', schema: storage },
  { title: 'Your module at Wazzup', schema: wazzup },
  { title: 'Your CRM on the pages', schema: crm },
]

/** What can wait. */
export const furtherGroups: readonly SettingsGroup[] = [
  { title: 'Upload and webhooks', schema: upload },
  { title: 'Events', schema: events },
  { title: 'The way out', schema: wayOut },
  { title: 'Keys', schema: keys },
  { title: 'Limits', schema: limits },
  { title: 'Running', schema: runtime },
  { title: 'Tracing', schema: tracing },
]

export const coreSettings = z.object({
  ...listeners.shape,
  ...storage.shape,
  ...wazzup.shape,
  ...crm.shape,
  ...upload.shape,
  ...events.shape,
  ...wayOut.shape,
  ...keys.shape,
  ...limits.shape,
  ...runtime.shape,
  ...tracing.shape,
  ...forbidden.shape,
})

export type CoreSettings = z.output<typeof coreSettings>

/** Without TLS a cookie can be read on the way: then the listener is not open to the network, whatever HOST says. */
export const publicHost = ({ PUBLIC_URL, HOST }: CoreSettings) =>
  PUBLIC_URL.protocol === 'http:' ? PUBLIC_URL.hostname.replace(/^\[|\]$/g, '') : HOST

/** Null: nothing is uploaded. */
export function toUpload({
  CRM_EXPORT_URL: exportUrl,
  CRM_EXPORT_TOKEN: exportToken,
  CRM_EXPORT_COUNTRY: country,
}: CoreSettings) {
  return exportUrl && exportToken ? { exportUrl, exportToken, country: country ?? null } : null
}

/** Null: the CRM is told nothing. */
export function toEvents({
  EVENTS_URL: url,
  EVENTS_SECRET: secret,
  EVENTS_SECRET_PREVIOUS: previous,
}: CoreSettings) {
  return url && secret ? { url, secrets: previous ? [secret, previous] : [secret] } : null
}

/** Null: nothing is traced. */
export const toTracing = ({
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_TRACES_SAMPLER_ARG: share,
}: CoreSettings) => (endpoint ? { endpoint, share } : null)
