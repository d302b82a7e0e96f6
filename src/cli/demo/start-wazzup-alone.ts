import { startWazzup, type WazzupSimulator } from '../../sandbox/wazzup/start-wazzup.ts'
import { AppError } from '../../shared/app-error.ts'
import type { SandboxSettings } from '../sandbox-settings.ts'

/**
 * Starts the simulated Wazzup with the module of these settings, as if it had been registered there.
 * @param port 0 = any free one
 * @throws AppError when the port is taken
 */
export async function startWazzupAlone(settings: SandboxSettings, port: number): Promise<WazzupSimulator> {
  const { WAZZUP_SECRET: secret, WAZZUP_PARTNER_API_KEY: partnerApiKey } = settings
  const hasTenants = (settings.TENANT_HOSTS ?? []).length > 0
  try {
    return await startWazzup({
      port,
      module: {
        crmCode: settings.WAZZUP_CRM_CODE,
        crmName: settings.CRM_NAME,
        secret: secret.reveal(),
        authRedirectUri: hasTenants ? '' : new URL('/wauth', settings.PUBLIC_URL).href,
      },
      ...(partnerApiKey && { partnerApiKey: partnerApiKey.reveal() }),
    })
  } catch (cause) {
    throw new AppError(`Nothing can listen on port ${port} of this machine`, {
      code: 'port_taken',
      hint: 'End what listens there, or name another one: wauth sandbox --port 4200',
      cause,
    })
  }
}
