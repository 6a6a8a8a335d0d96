import { AUDIENCE, startWorld, type World } from './world.ts'

export const HOME = 'home@mail.test'
export const WORK = 'work@mail.test'
export const at = (minute: number): string => new Date(Date.UTC(2026, 10, 20, 10, minute)).toISOString()

type Saying = {
  readonly email: string | undefined
  readonly newsletter: boolean
  readonly version?: number
  readonly name?: string
}

export const entityOf = (who: string, { email, newsletter, version = 1, name }: Saying, minute: number) => ({
  id: `user of ${who}`,
  organization_user_id: who,
  version,
  created_at: at(0),
  updated_at: at(minute),
  metadata: { ...(email === undefined ? {} : { email }), ...(name === undefined ? {} : { name }) },
  consents: { purposes: [{ id: 'newsletter', enabled: newsletter }] },
})

/** The record of a person as it was made at that minute. */
export const says = (who: string, saying: Saying, minute: number) => ({
  type: 'user.created',
  parameters: { entity: entityOf(who, saying, minute) },
})

/** Their record as it was changed at that minute. */
export const changes = (
  who: string,
  [before, after]: readonly [Saying, Saying],
  [from, to]: readonly [number, number],
) => ({
  type: 'user.updated',
  parameters: {
    old_entity: entityOf(who, before, from),
    new_entity: entityOf(who, { version: 2, ...after }, to),
  },
})

export const BY_EMAIL = { options: { match: 'metadata_email' } }

export async function aSharedWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld({ feed: 'user', ...options })
  for (const email of [HOME, WORK]) world.mailchimp.addContact(AUDIENCE, { email_address: email, status: 'subscribed' })
  return world
}

export const news = (world: World, email: string): unknown => {
  const fields = world.mailchimp.contact(AUDIENCE, email)?.['merge_fields']
  return typeof fields === 'object' && fields !== null && 'NEWS' in fields ? fields.NEWS : undefined
}

export async function settlesAfterEach(world: World, records: readonly unknown[]): Promise<void> {
  for (const record of records) {
    await world.receives(record)
    await world.settles()
  }
}
