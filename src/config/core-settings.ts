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
  ...keys.shape,
  ...limits.shape,
  ...runtime.shape,
  ...tracing.shape,
  ...forbidden.shape,
})

export type CoreSettings = z.output<typeof coreSettings>
