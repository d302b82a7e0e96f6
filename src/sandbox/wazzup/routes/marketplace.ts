import type { FastifyInstance } from 'fastify'
import type { Answer } from '../answer.ts'
import { complaintAboutBrand, complaintAboutModule } from '../module-fields.ts'
import { plainError } from '../error-shapes.ts'
import { readObject } from '../read-object.ts'
import { withPartnerKey } from '../with-partner-key.ts'
import type { World } from '../world.ts'

// Codes of integrations that Wazzup has made itself.
const takenCrmCodes = new Set(['amocrm', 'bitrix24'])

const refuse = (code: string, description: string) => plainError(400, { code, description })

const text = (value: unknown) => (typeof value === 'string' ? value : '')

function good({ switches }: World): Answer {
  return switches.moduleAnswer === 'empty-object' ? { status: 200, body: {} } : { status: 204 }
}

function register(world: World, body: string): Answer {
  const fields = readObject(body)
  const module = {
    crmCode: text(fields['crmCode']),
    secret: text(fields['secret']),
    authRedirectUri: text(fields['authRedirectUri']),
  }
  const complaint = complaintAboutModule(module)
  if (complaint) return plainError(400, complaint)
  const foreign = world.modules.withCode(module.crmCode)?.foreign === true
  if ((takenCrmCodes.has(module.crmCode) || foreign) && world.switches.takenCrmCode === 'refused') {
    return refuse('CRM_CODE_TAKEN', 'crmCode belongs to another integration')
  }
  world.modules.register(module)
  return good(world)
}

function brand(world: World, body: string): Answer {
  const module = world.modules.latestOwn()
  if (!module) return refuse('NO_MODULE', 'Register the integration first')
  if (module.published) return refuse('MODULE_PUBLISHED', 'The integration is published')
  const fields = readObject(body)
  const crmName = text(fields['crmName']) || module.crmName
  const given = fields['logo'] as { name?: unknown; content?: unknown } | null | undefined
  const logo = given ? { name: text(given.name), content: text(given.content) } : module.logo
  const complaint = complaintAboutBrand({ crmName, logo })
  if (complaint) return plainError(400, complaint)
  world.modules.register({ ...module, crmName, logo })
  return good(world)
}

/** `POST` and `PATCH /v3/marketplace`: a partner registers its module, then gives it a name and a logo. */
export function marketplaceRoute(app: FastifyInstance, world: World) {
  withPartnerKey(app, world, { method: 'POST', path: '/v3/marketplace', handle: register })
  withPartnerKey(app, world, { method: 'PATCH', path: '/v3/marketplace', handle: brand })
}
