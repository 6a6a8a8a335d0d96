import { expect, test } from 'vitest'
import { type Asked, hashOf } from './contacts.ts'
import { type Received } from './record.ts'
import { requiredOf, type Required } from './required.ts'

/** Everything in these stories happens on one day, and `clock('10:05')` is five past ten. */
const clock = (time: string): number => Date.parse(`2026-11-20T${time}${time.length === 5 ? ':00' : ''}Z`)
export const stamp = (time: string): string => new Date(clock(time)).toISOString()

export const ADA = 'ada@mail.test'
export const BOB = 'bob@mail.test'

type Choices = Readonly<Record<string, boolean | null>>

export const purposes = (choices: Choices) => ({
  purposes: Object.entries(choices).map(([id, enabled]) => ({ id, enabled })),
})
export const topics = (value: string | null) => ({ purposes: [{ id: 'news', values: { topics: { value } } }] })
export const nested = (enabled: boolean | null, channels: Choices = {}) => ({
  purposes: [
    {
      id: 'news',
      preferences: [
        { id: 'topics', enabled, channels: Object.entries(channels).map(([id, said]) => ({ id, enabled: said })) },
      ],
    },
  ],
})

type Telling = Readonly<{
  id?: string | undefined
  user?: string | undefined
  who?: string | number | undefined
  at?: string | undefined
  consents?: unknown
  status?: string
  regulation?: string
  metadata?: unknown
}>

/** The entity of an event; times as `10:05`, or a whole stamp as Didomi wrote it. */
export const eventEntity = ({ id = 'e1', user = 'u1', who, at, consents, metadata, ...rest }: Telling) => ({
  id,
  ...(at === undefined ? {} : { created_at: /^\d\d:\d\d/.test(at) ? stamp(at) : at }),
  user: { id: user, ...named(who), ...(metadata === undefined ? {} : { metadata }) },
  ...(consents === undefined ? {} : { consents }),
  ...rest,
})

type UserTelling = Telling & Readonly<{ version?: number; born?: string | undefined }>

export const userEntity = ({ user = 'u1', who, at, version, born = '08:00', consents, ...rest }: UserTelling) => ({
  id: user,
  ...named(who),
  created_at: stamp(born),
  ...(at === undefined ? {} : { updated_at: stamp(at) }),
  ...(version === undefined ? {} : { version }),
  ...(consents === undefined ? {} : { consents }),
  ...rest,
})

const named = (who: string | number | undefined) => (who === undefined ? {} : { organization_user_id: who })

/** One call of the webhook at that time. */
export const call = (at: string, body: unknown): Received => ({
  at: clock(at),
  source: 's',
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

/** An event, received when it was made. */
export const event = (record: Telling & { at: string }): Received =>
  call(record.at, { type: 'event.created', parameters: { entity: eventEntity(record) } })

export const eventUpdate = (at: string, now: Telling, before?: Telling): Received =>
  call(at, {
    type: 'event.updated',
    parameters: {
      new_entity: { ...eventEntity(now), updated_at: stamp(at) },
      ...(before ? { old_entity: eventEntity(before) } : {}),
    },
  })

export const eventDeletion = (at: string, id = 'e1'): Received =>
  call(at, { type: 'event.deleted', parameters: { entity: { id } } })

export const user = (record: UserTelling & { at: string }): Received =>
  call(record.at, { type: 'user.created', parameters: { entity: userEntity(record) } })

export const userUpdate = (at: string, now: UserTelling, before?: UserTelling): Received =>
  call(at, {
    type: 'user.updated',
    parameters: { new_entity: userEntity({ at, ...now }), ...(before ? { old_entity: userEntity(before) } : {}) },
  })

export const userDeletion = (at: string, more: object = {}): Received =>
  call(at, { type: 'user.deleted', parameters: { entity: { id: 'u1', ...more } } })

export const asked = (over: Partial<Asked> = {}): Asked => ({
  id: 'i',
  source: 's',
  audience: 'a',
  mappings: [
    { id: 'NEWS', value: 'consents_purposes_news_enabled' },
    { id: 'ADS', value: 'consents_purposes_ads_enabled' },
    { id: 'TOPICS', value: 'consents_purposes_news_values_topics_value' },
    { id: 'SPORT', value: 'consents_purposes_news_values_topics_value_sport_enabled' },
    { id: 'PREF', value: 'consents_preferences_topics_enabled' },
    { id: 'EMAIL_CH', value: 'consents_purposes_news_preferences_topics_channel_email_enabled' },
    { id: 'CITY', value: 'metadata_city' },
  ],
  family: 'event',
  match: 'email',
  regulations: ['gdpr'],
  noChoice: 'keep',
  onUserDeleted: 'keep',
  ...over,
})

export const USERS: Partial<Asked> = { family: 'user' }

/** The value that a tag of an address must hold; `untouched` when nothing need be written, `a|b` when both will do. */
function holds(story: readonly Received[], over: Partial<Asked> = {}): (address: string, tag?: string) => string {
  const required = requiredOf(story, asked(over))
  return (address, tag = 'NEWS') => told(required.find(each => each.contact === hashOf(address) && each.tag === tag))
}

const told = (required: Required | undefined): string =>
  required === undefined || (required.values.length === 0 && required.mayBeUnwritten)
    ? 'untouched'
    : required.values.join('|')

export const YES = purposes({ news: true })
export const NO = purposes({ news: false })
export const NULL = purposes({ news: null })

export const ada = { who: ADA }
/** Another device of the same person. */
export const second = { ...ada, user: 'u2', id: 'e2' }

type Row = readonly [
  name: string,
  story: readonly Received[],
  expected: Readonly<Record<string, string>>,
  over?: Partial<Asked>,
]

/** Every row: a story, and what must stand at the end under `NEWS` of addresses, or under other tags of Ada. */
export const holdsTrue = (rows: readonly Row[]): void => {
  for (const [name, story, expected, over] of rows)
    test(name, () => {
      const held = holds(story, over)
      const found = Object.keys(expected).map(key => [key, key.includes('@') ? held(key) : held(ADA, key)])
      expect(Object.fromEntries(found)).toEqual(expected)
    })
}
