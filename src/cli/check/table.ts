import { accessLog } from './access-log.ts'
import { address } from './address.ts'
import { certificate } from './certificate.ts'
import type { Check } from './check.ts'
import { clock } from './clock.ts'
import { cookies } from './cookies.ts'
import { crmCode } from './crm-code.ts'
import { crmExport } from './crm-export.ts'
import { database } from './database.ts'
import { databaseClock } from './database-clock.ts'
import { events } from './events.ts'
import { headers } from './headers.ts'
import { installs } from './installs.ts'
import { keyRing } from './key-ring.ts'
import { letters } from './lookalikes.ts'
import { login } from './login.ts'
import { longStates } from './long-states.ts'
import { partnerKey } from './partner-key.ts'
import { privateRoutes } from './private-routes.ts'
import { timeOuts, trustProxy } from './proxy.ts'
import { runningService } from './running-service.ts'
import { configuration } from './configuration.ts'
import { tenantHosts } from './tenant-hosts.ts'
import { wazzup } from './wazzup.ts'
import { wayOn } from './way-on.ts'
import { wayOut } from './way-out.ts'
import { webhooks } from './webhooks.ts'

/** Everything that is checked, in the order in which it is told: at the end what takes long. A new check gets its line here. */
export const CHECKS: readonly Check[] = [
  configuration,
  letters,
  wayOn,
  database,
  keyRing,
  wayOut,
  installs,
  clock,
  databaseClock,
  address,
  certificate,
  headers,
  longStates,
  privateRoutes,
  crmCode,
  cookies,
  trustProxy,
  accessLog,
  runningService,
  tenantHosts,
  login,
  wazzup,
  partnerKey,
  webhooks,
  events,
  crmExport,
  timeOuts,
]
