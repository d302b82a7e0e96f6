import { randomUUID } from 'node:crypto'
import { fault } from '../fault.ts'
import { meetNewClient } from '../webhooks/new-client.ts'
import { sendWebhook, type Delivery } from '../webhooks/send-webhook.ts'
import type { World } from '../world.ts'
import type { Told } from './page.ts'

const good = (text: string): Told => ({ good: true, text })
const bad = (text: string): Told => ({ good: false, text })

/** Why a webhook does not even leave, for a person. */
const WHY = {
  no_connection: 'this account is not connected yet: press «Connect» first.',
  key_dead: 'the apiKey is refused.',
  no_address: 'no webhooks address is registered: set WEBHOOKS_URL, and connect or upload again.',
  not_subscribed: 'the switch for this kind of webhook is off.',
  disabled: 'too many webhooks in a row were not answered 200.',
} as const

function toldOf(delivery: Delivery): Told {
  if (delivery.kind === 'not_sent') return bad(`Nothing was sent: ${WHY[delivery.why]}`)
  if (delivery.kind === 'failed') return bad(`Your handler could not be reached: ${delivery.code}.`)
  const text = `Your handler answered ${delivery.status}.`
  return delivery.status === 200 ? good(text) : bad(`${text} Wazzup wants 200.`)
}

let clients = 0

/** A client nobody has seen, so that each press asks for another contact. */
const newClient = () => {
  clients += 1
  return { chatType: 'whatsapp', chatId: String(79_010_000_000 + clients), name: `New client ${clients}` }
}

async function client(world: World, accountId: string): Promise<Told> {
  const end = await meetNewClient(world, world.accounts.of(accountId), newClient())
  switch (end.kind) {
    case 'created':
      return good(`Your handler created contact ${end.contact?.id ?? '–'} and deal ${end.deal?.id ?? '–'}.`)
    case 'not_asked':
      return bad(
        end.why === 'no_employee'
          ? 'Nothing was asked: Wazzup holds no user yet, who would be responsible.'
          : 'Nothing was asked: Wazzup holds no pipeline with stages yet.',
      )
    case 'no_entity':
      return end.delivery.kind === 'answered' && end.delivery.status === 200
        ? bad(`Your handler answered 200, but not with a whole ${end.of}.`)
        : toldOf(end.delivery)
  }
}

function setKey(world: World, accountId: string, alive: boolean): Told {
  const connection = world.connections.ofAccount(accountId)
  if (!connection) return bad('This account is not connected yet.')
  connection.keyAlive = alive
  return good(alive ? 'The apiKey is accepted again.' : 'The apiKey is refused from now on, with 401.')
}

type Action = (world: World, accountId: string) => Promise<Told> | Told

/** What the buttons of the console do. */
export const actions: Readonly<Record<string, Action>> = {
  message: async (world, accountId) => {
    const message = { messageId: randomUUID(), chatType: 'whatsapp', chatId: '79011112233', text: 'Hello' }
    return toldOf(
      await sendWebhook(world, world.accounts.of(accountId), { payload: { messages: [message] } }),
    )
  },
  client,
  refuse: (world, accountId) => setKey(world, accountId, false),
  accept: (world, accountId) => setKey(world, accountId, true),
  lose: (world) => {
    world.routeFaults.on('POST', '/v3/connect').push(fault.processThen('reset'))
    return good('The answer to the next exchange will be lost. Connect now.')
  },
}
