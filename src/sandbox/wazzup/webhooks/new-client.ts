import type { Account, Entity } from '../accounts.ts'
import { isObject } from '../entities/fields.ts'
import { checks } from '../entities/kinds.ts'
import type { World } from '../world.ts'
import { sendWebhook, type Delivery } from './send-webhook.ts'

/** A client who writes for the first time, or for whom an employee presses "+". */
export interface NewClient {
  chatType: string
  chatId: string
  name: string
  /** By default the first employee that was loaded. */
  responsibleUserId?: string
  source?: 'auto' | 'byUser'
}

export type NewClientEnd =
  /** `contact` null: it was known already. `deal` null: there was one already. */
  | { kind: 'created'; contact: Entity | null; deal: Entity | null }
  /** Automatic creation needs pipelines with stages, and an employee. */
  | { kind: 'not_asked'; why: 'no_pipelines' | 'no_employee' }
  /** The CRM's answer was no entity, so nothing follows. */
  | { kind: 'no_entity'; of: 'contact' | 'deal'; delivery: Delivery }

function entityIn(delivery: Delivery, kind: 'contacts' | 'deals', { switches }: World): Entity | null {
  if (delivery.kind !== 'answered' || delivery.status !== 200) return null
  try {
    const value: unknown = JSON.parse(delivery.text)
    if (!isObject(value)) return null
    return checks[kind](switches)(value).length === 0 ? (value as Entity) : null
  } catch {
    return null
  }
}

const hasChat =
  ({ chatType, chatId }: NewClient) =>
  (contact: Entity) =>
    (contact['contactData'] as Record<string, unknown>[]).some(
      (entry) => entry['chatType'] === chatType && entry['chatId'] === chatId,
    )

function whyNotAsked({ pipelines }: Account, { source = 'auto' }: NewClient, employee: string | undefined) {
  if (employee === undefined) return 'no_employee'
  const withStages = [...pipelines.values()].some((pipeline) => pipeline['stages'] !== undefined)
  return source === 'auto' && !withStages ? 'no_pipelines' : null
}

interface Conversation {
  world: World
  account: Account
  client: NewClient
  employee: string
}

/** A list as a webhook has it; without it JSON leaves the field out. */
const listed = <T>(list: T[], { switches: { newClient } }: World): T[] | undefined =>
  ({ whole: list, 'empty-lists': [], 'no-lists': undefined })[newClient]

async function createContact({ world, account, client, employee }: Conversation) {
  const { chatType, chatId, name, source = 'auto' } = client
  const chats = listed([{ chatType, chatId }], world)
  const payload = { createContact: { responsibleUserId: employee, name, contactData: chats, source } }
  const burst = Array.from({ length: world.switches.createContactBurst }, () =>
    sendWebhook(world, account, { payload }),
  )
  const [delivery = { kind: 'not_sent', why: 'disabled' } as const] = await Promise.all(burst)
  const entity = entityIn(delivery, 'contacts', world)
  if (entity) account.contacts.set(entity.id, entity)
  return { delivery, entity }
}

async function createDeal({ world, account, client, employee }: Conversation, contact: Entity) {
  const [pipeline] = account.pipelines.values()
  const [stage] = (pipeline?.['stages'] ?? []) as Entity[]
  const place = world.switches.dealPipeline === 'told' && { pipelineId: pipeline?.id, stageId: stage?.id }
  const contacts = listed([contact.id], world)
  const fields = { responsibleUserId: employee, contacts, source: client.source ?? 'auto' }
  const delivery = await sendWebhook(world, account, { payload: { createDeal: { ...fields, ...place } } })
  const entity = entityIn(delivery, 'deals', world)
  if (entity) account.deals.set(entity.id, entity)
  return { delivery, entity }
}

/** What Wazzup does about a new client: `createContact`, and when the CRM has answered with it, `createDeal`. */
export async function meetNewClient(
  world: World,
  account: Account,
  client: NewClient,
): Promise<NewClientEnd> {
  const employee = client.responsibleUserId ?? account.users.keys().next().value
  const why = whyNotAsked(account, client, employee)
  if (why || employee === undefined) return { kind: 'not_asked', why: why ?? 'no_employee' }
  const conversation = { world, account, client, employee }
  const known = [...account.contacts.values()].find(hasChat(client))
  const made = known ? null : await createContact(conversation)
  const contact = known ?? made?.entity
  if (!contact)
    return {
      kind: 'no_entity',
      of: 'contact',
      delivery: made?.delivery ?? { kind: 'not_sent', why: 'disabled' },
    }
  const hasDeal = [...account.deals.values()].some((deal) =>
    (deal['contacts'] as string[]).includes(contact.id),
  )
  if (hasDeal) return { kind: 'created', contact: made?.entity ?? null, deal: null }
  const { delivery, entity: deal } = await createDeal(conversation, contact)
  if (!deal) return { kind: 'no_entity', of: 'deal', delivery }
  return { kind: 'created', contact: made?.entity ?? null, deal }
}
