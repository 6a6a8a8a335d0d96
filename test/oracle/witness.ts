import { expect } from 'vitest'
import { type World } from '../world.ts'
import { type Asked } from './contacts.ts'
import { textIn } from './json.ts'
import { judge, type Beside, type Debt, type Witness } from './quiescence.ts'
import { type Received } from './record.ts'
import { type Logged, type Sight, writesIn } from './writes.ts'

/** What the oracle cannot ask the world for, because it is over. */
type Remembered = {
  readonly received: readonly Received[]
  readonly sights: readonly Sight[]
  readonly beside: Beside
  readonly changed: ReadonlyMap<string, number>
  readonly everyStatement: boolean
  /** The documents of integrations that were removed, as they were then. */
  readonly removed: readonly Asked[]
  /** When the process ended without a word. */
  readonly ends?: readonly number[]
}

/**
 * I18, I19, I20: nothing waits, and what we last wrote under every mapped tag of every contact is what all facts give.
 * For a scenario in which nothing happened beside `receives`.
 */
export async function expectQuiescent(world: World): Promise<void> {
  expect(judge(await undisturbed(world)).wrongs).toEqual([])
}

/** Of a world in which nothing happened beside what it received. */
export const undisturbed = (world: World, received: readonly Received[] = world.received()): Promise<Witness> =>
  witnessOf(world, {
    received,
    sights: [],
    beside: { remade: [], renamed: [] },
    changed: new Map(),
    everyStatement: true,
    removed: [],
  })

export async function witnessOf(world: World, remembered: Remembered): Promise<Witness> {
  const { received, sights, beside, changed, everyStatement, removed, ends } = remembered
  const documents = await documentsOf(world)
  const asked = documents.filter(({ enabled }) => enabled).map(({ asks }) => asks)
  const owing = [...documents.filter(({ enabled }) => !enabled).map(({ asks }) => asks), ...removed]
  const requests: readonly Logged[] = world.mailchimp.requests()
  const last = [...new Set([...asked, ...owing].map(({ audience }) => audience))].map(audience => seen(world, audience))
  return {
    received,
    writes: writesIn(requests, [...sights, ...last], ends),
    asked,
    owing,
    debts: await shown<Debt>(world, '/v1/deliveries'),
    beside,
    changed,
    everyStatement,
  }
}

/** Who is where in an audience, as it is now. */
export function seen({ mailchimp }: World, audience: string): Sight {
  const contacts = mailchimp.contacts(audience).map(contact => ({
    hash: textIn(contact, 'id') ?? '',
    contactId: textIn(contact, 'contact_id') ?? '',
  }))
  return { through: mailchimp.requests().length, audience, contacts }
}

export type Integration = {
  readonly id: string
  readonly source_id: string
  readonly enabled: boolean
  readonly paused: boolean
  readonly properties: { readonly audience_id: string }
  readonly mappings: Asked['mappings']
  readonly options?: {
    readonly match?: string
    readonly regulations?: readonly string[]
    readonly no_choice?: 'keep' | 'clear'
    readonly on_user_deleted?: 'keep' | 'withdraw'
  }
}

type Document = { readonly enabled: boolean; readonly asks: Asked }

/** The documents of all integrations as they are now. */
export async function documentsOf(world: World): Promise<readonly Document[]> {
  const sources = await shown<{ id: string; feed: 'user' | 'event' | null }>(world, '/v1/sources')
  const integrations = await shown<Integration>(world, '/v1/integrations')
  return integrations.map(({ id, enabled, source_id, properties, mappings, options }) => ({
    enabled,
    asks: {
      id,
      source: source_id,
      audience: properties.audience_id,
      mappings,
      family: sources.find(source => source.id === source_id)?.feed ?? 'event',
      match: options?.match ?? 'email',
      regulations: options?.regulations ?? ['gdpr'],
      noChoice: options?.no_choice ?? 'keep',
      onUserDeleted: options?.on_user_deleted ?? 'keep',
    },
  }))
}

/** Every page of a list of the API. */
export async function shown<T>(world: World, path: string): Promise<readonly T[]> {
  const all: T[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const query: string = cursor === '' ? '?limit=200' : `?limit=200&cursor=${encodeURIComponent(cursor)}`
    const { body } = await world.api<{ data: readonly T[]; next_cursor?: string | null }>('GET', `${path}${query}`)
    all.push(...body.data)
    cursor = body.next_cursor ?? null
  }
  return all
}
