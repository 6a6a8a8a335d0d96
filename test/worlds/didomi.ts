import { START } from './story.ts'

/** A choice of one device: what Didomi makes an event of. */
type Choice = {
  readonly device: string
  readonly who?: string | undefined
  /** When it is made, and what the device's clock said, as it writes it. */
  readonly at: number
  readonly stated: string
  readonly consents: Consents
  readonly regulation?: string | undefined
  readonly pending?: boolean
  readonly metadata?: Readonly<Record<string, string>> | undefined
}

export type Consents = { readonly purposes: readonly Purpose[] }
type Purpose = Readonly<Record<string, unknown>> & { readonly id: string }

type DidomiEvent = Choice & {
  readonly id: string
  readonly status: 'confirmed' | 'pending_approval'
  readonly updatedAt: number | undefined
}

type User = {
  readonly device: string
  readonly bornAt: number
  readonly version: number
  readonly person: string | undefined
  readonly metadata: Readonly<Record<string, string>>
  /** By regulation: the purposes that apply, each as it was last said. */
  readonly applied: ReadonlyMap<string, Consents>
  readonly at: number
}

/** A record as Didomi sends it; `at` is when it happened there. */
export type Sent = { readonly family: 'event' | 'user'; readonly at: number; readonly record: object }

export const isoOf = (at: number): string => new Date(START + at).toISOString()

/**
 * A small Didomi: it keeps events and users, applies the one to the other as Didomi says it does, and tells of every
 * change in the words of its webhooks. An id is given to a user that has none; a deletion has the user recomputed.
 */
export function createDidomi(name: string) {
  let events: readonly DidomiEvent[] = []
  let taken: readonly { device: string; at: number; purpose: string; isListed: boolean }[] = []
  const users = new Map<string, User>()
  let count = 0

  const eventRecord = ({
    id,
    device,
    who,
    stated,
    consents,
    status,
    regulation,
    metadata,
    updatedAt,
  }: DidomiEvent) => ({
    id,
    organization_id: name,
    created_at: stated,
    ...(updatedAt === undefined ? {} : { updated_at: isoOf(updatedAt) }),
    status,
    ...(regulation === undefined ? {} : { regulation }),
    user: {
      id: device,
      ...(who === undefined ? {} : { organization_user_id: who }),
      ...(metadata === undefined ? {} : { metadata }),
    },
    consents,
  })

  const userRecord = ({ device, bornAt, version, person, metadata, applied, at }: User, regulation: string) => ({
    id: device,
    organization_id: name,
    ...(person === undefined ? {} : { organization_user_id: person }),
    version,
    created_at: isoOf(bornAt),
    updated_at: isoOf(at),
    ...(regulation === 'gdpr' ? {} : { regulation }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    consents: applied.get(regulation) ?? { purposes: [] },
  })

  /** The user's status from its remaining events, the newest last. */
  function recomputed(device: string, regulation: string, bornAt: number): Consents {
    const own = events
      .filter(each => each.device === device && each.at >= bornAt && each.status === 'confirmed')
      .filter(each => (each.regulation ?? 'gdpr') === regulation)
      .toSorted((a, b) => (a.updatedAt ?? a.at) - (b.updatedAt ?? b.at))
    const purposes = new Map<string, Purpose>()
    const patches = taken.filter(each => each.device === device)
    for (const { purpose, isListed } of patches) if (isListed) purposes.set(purpose, { id: purpose, enabled: null })
    for (const { consents, at } of own)
      for (const purpose of consents.purposes)
        if (!patches.some(each => each.purpose === purpose.id && each.at >= at))
          purposes.set(purpose.id, merged(purposes.get(purpose.id), purpose))
    return { purposes: [...purposes.values()] }
  }

  function changed(device: string, at: number, { regulation = 'gdpr', cause }: ChangeOf): Sent {
    const old = users.get(device)
    const bornAt = old?.bornAt ?? at
    const applied = new Map(old?.applied ?? [])
    applied.set(regulation, recomputed(device, regulation, bornAt))
    const user: User = {
      device,
      bornAt,
      version: (old?.version ?? 0) + 1,
      person: cause?.moved ?? old?.person ?? cause?.event?.who,
      metadata: { ...old?.metadata, ...cause?.event?.metadata },
      applied,
      at,
    }
    users.set(device, user)
    const now = userRecord(user, regulation)
    if (!old) return { family: 'user', at, record: { type: 'user.created', parameters: { entity: now } } }
    const source = cause?.event && { source: { id: cause.event.id, created_at: cause.event.stated } }
    const parameters = { ...source, old_entity: userRecord(old, regulation), new_entity: now }
    return { family: 'user', at, record: { type: 'user.updated', parameters } }
  }

  const told = (type: string, at: number, parameters: object): Sent => ({
    family: 'event',
    at,
    record: { type, parameters },
  })

  return {
    /** The events that are not deleted, the newest last. */
    events: () => events.map(({ id, device, status }) => ({ id, device, status })),
    users: () => [...users.keys()],

    choose(choice: Choice): readonly Sent[] {
      const event: DidomiEvent = {
        ...choice,
        id: `${name}-e${++count}`,
        status: choice.pending ? 'pending_approval' : 'confirmed',
        updatedAt: undefined,
      }
      events = [...events, event]
      const made = told('event.created', choice.at, { entity: eventRecord(event) })
      if (choice.pending) return [made]
      return [made, changed(choice.device, choice.at, { regulation: choice.regulation, cause: { event } })]
    },

    /** What waited for an approval is confirmed, with its consents or without them. */
    confirm(id: string, at: number, isWhole: boolean): readonly Sent[] {
      const old = events.find(each => each.id === id)
      if (!old) return []
      const now: DidomiEvent = { ...old, status: 'confirmed', updatedAt: at }
      events = events.map(each => (each === old ? now : each))
      const { consents: _, ...bare } = eventRecord(now)
      const entities = { old_entity: eventRecord(old), new_entity: isWhole ? eventRecord(now) : bare }
      return [
        told('event.updated', at, isWhole ? entities : { new_entity: bare }),
        changed(now.device, at, { regulation: now.regulation, cause: { event: now } }),
      ]
    },

    deleteEvent(id: string, at: number): readonly Sent[] {
      const old = events.find(each => each.id === id)
      if (!old) return []
      events = events.filter(each => each !== old)
      const gone = told('event.deleted', at, { entity: { id, created_at: old.stated } })
      return users.has(old.device) ? [gone, changed(old.device, at, { regulation: old.regulation })] : [gone]
    },

    deleteUser(device: string, at: number, isNamed: boolean): readonly Sent[] {
      const old = users.get(device)
      if (!old) return []
      users.delete(device)
      events = events.filter(each => each.device !== device)
      const entity = isNamed ? { id: device, created_at: isoOf(old.bornAt) } : { id: device }
      return [{ family: 'user', at, record: { type: 'user.deleted', parameters: { entity } } }]
    },

    /** The organisation's own servers change a user by Didomi's API. */
    moveUser(device: string, at: number, moved: string): readonly Sent[] {
      return users.has(device) ? [changed(device, at, { cause: { moved } })] : []
    },
    /** A purpose of which no choice is to stand any more: listed as null, or not listed. */
    takeBack(device: string, at: number, { purpose, isListed }: { purpose: string; isListed: boolean }) {
      if (!users.has(device)) return []
      taken = [...taken, { device, at, purpose, isListed }]
      return [changed(device, at, {})]
    },
  }
}

export type Didomi = ReturnType<typeof createDidomi>

type ChangeOf = {
  readonly regulation?: string | undefined
  readonly cause?: { readonly event?: DidomiEvent; readonly moved?: string }
}

/** Of a purpose, what a newer event does not say stays; `null` says nothing. */
function merged(old: Purpose | undefined, now: Purpose): Purpose {
  const said = Object.entries(now).filter(([, value]) => value !== null && value !== undefined)
  const both = { ...old, ...Object.fromEntries(said), id: now.id }
  const values = { ...objectIn(old, 'values'), ...objectIn(now, 'values') }
  const preferences = preferencesOf([...listIn(old), ...listIn(now)])
  return {
    ...both,
    ...(Object.keys(values).length === 0 ? {} : { values }),
    ...(preferences.length === 0 ? {} : { preferences }),
  }
}

const objectIn = (purpose: Purpose | undefined, key: string): object => {
  const found = purpose?.[key]
  return typeof found === 'object' && found !== null ? found : {}
}

type Preference = { readonly id: string; readonly enabled: boolean | null; readonly channels?: readonly Channel[] }
type Channel = { readonly id: string; readonly enabled: boolean }

const isPreference = (value: unknown): value is Preference =>
  typeof value === 'object' && value !== null && 'id' in value

const listIn = (purpose: Purpose | undefined): readonly Preference[] => {
  const found = purpose?.['preferences']
  return Array.isArray(found) ? found.filter(isPreference) : []
}

function preferencesOf(all: readonly Preference[]): readonly Preference[] {
  return [...new Set(all.map(({ id }) => id))].map(id => {
    const own = all.filter(each => each.id === id)
    const channels = new Map(own.flatMap(each => each.channels ?? []).map(channel => [channel.id, channel]))
    const enabled = own.findLast(each => each.enabled !== null)?.enabled ?? null
    return { id, enabled, ...(channels.size === 0 ? {} : { channels: [...channels.values()] }) }
  })
}
