import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { asksToErase, erases, homes, rowsWith, startHome, type Erasure } from '../erase-homes.ts'
import { judge } from '../oracle/quiescence.ts'
import { undisturbed } from '../oracle/witness.ts'
import { AUDIENCE, event, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'
const MAPPINGS = [
  { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
  { id: 'OFFERS', value: 'consents_purposes_offers_enabled' },
]

const userOf = (who: string): string => `user-${who.trim().slice(0, 3).toLowerCase()}`

type Purposes = Readonly<Record<string, boolean>>

const says = (who: string, purposes: Purposes, at = '2026-11-23T08:00:00Z', id = `${userOf(who)} ${at}`) =>
  event({ who, user: userOf(who), id, at, purposes })

const userDeleted = {
  type: 'user.deleted',
  parameters: { entity: { id: userOf(ADA), organization_user_id: ADA } },
}

describe.each(homes)('R34: erasing a person on $name', ({ home }) => {
  let world: World
  let close: () => Promise<void>
  let db: Awaited<ReturnType<typeof startHome>>['db']
  beforeEach(async () => {
    ;({ world, db, close } = await startHome(home))
    for (const tag of ['OFFERS', 'CITY']) world.mailchimp.addMergeField(AUDIENCE, { tag, type: 'text' })
    for (const email_address of [ADA, BOB])
      world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  })
  afterEach(() => close())

  const now = (): string => new Date(world.now()).toISOString()
  const held = (who = ADA) => world.mailchimp.contact(AUDIENCE, who)?.['merge_fields']
  const erasure = async (id: string) => (await world.api<Erasure>('GET', `/v1/erasures/${id}`)).body
  const erased = async () => (await world.stats()).inbox.erased
  const begins = async () => {
    await world.integrates({ mappings: MAPPINGS })
    await world.receives(says(ADA, { newsletter: true }), says(BOB, { newsletter: true }))
    await world.settles()
    expect(held()).toMatchObject({ NEWS: 'true' })
  }
  /** Nothing of them is kept, and Mailchimp holds what the facts of the others give. */
  const isGone = async () => {
    expect((await world.api('GET', `/v1/people/${ADA}`)).status).toBe(404)
    expect(await rowsWith(db(), ADA)).toEqual([])
    const others = world.received().flatMap(each => {
      const records = [JSON.parse(each.body)].flat() as unknown[]
      const left = records.map(record => JSON.stringify(record)).filter(text => !text.toLowerCase().includes('ada'))
      return left.length === 0 ? [] : [{ ...each, body: `[${left.join(',')}]` }]
    })
    expect(judge(await undisturbed(world, others)).wrongs).toEqual([])
  }

  test('denies what was written for them and nothing else, and shows how far it is', async () => {
    await begins()
    world.mailchimp.act(AUDIENCE, ADA, { do: 'edit', merge_fields: { OFFERS: 'true', CITY: 'Oslo' } })
    const [{ id } = { id: '' }] = (await world.api<{ data: { id: string }[] }>('GET', '/v1/integrations')).body.data
    await world.api('POST', `/v1/integrations/${id}/pause`)
    const { status, body } = await asksToErase(world, ADA)
    expect([status, body]).toMatchObject([202, { state: 'waiting', waits_for: [{ why: 'due' }] }])
    const shown = await world.api<{ erasure: Erasure }>('GET', `/v1/people/${ADA}`)
    expect(shown.body.erasure).toMatchObject({ id: body.id, state: 'waiting' })
    const again = await asksToErase(world, ADA)
    expect(again.body.id).toBe(body.id)
    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.settles()
    expect(held()).toMatchObject({ NEWS: 'false', OFFERS: 'true', CITY: 'Oslo' })
    expect(held(BOB)).toMatchObject({ NEWS: 'true' })
    expect(await erasure(body.id)).toMatchObject({ state: 'erased', unproven: [], erased: { facts: 1, deliveries: 1 } })
    expect((await world.api<{ data: Erasure[] }>('GET', '/v1/erasures')).body.data).toMatchObject([{ id: body.id }])
    await isGone()
  })

  test('leaves what was written if it is asked to, and what was granted is kept at Mailchimp', async () => {
    await begins()
    const writes = world.writes().length
    const { status, body } = await asksToErase(world, ADA, '?mailchimp=leave')
    expect([status, body]).toMatchObject([200, { facts: 1, deliveries: 1 }])
    await world.settles()
    expect(held()).toMatchObject({ NEWS: 'true' })
    expect(world.writes()).toHaveLength(writes)
    expect(await erasure(body.erasure_id ?? '')).toMatchObject({ mailchimp: 'leave', state: 'erased' })
    expect(await rowsWith(db(), ADA)).toEqual([])
  })

  test('I17: waits for a withdrawal that is owed, also when what was written is left', async () => {
    await begins()
    world.mailchimp.addFault({ match: { contact: ADA }, count: 2, fault: { status: 500 } })
    await world.receives(says(ADA, { newsletter: false }, '2026-11-23T08:30:00Z'))
    expect((await asksToErase(world, ADA, '?mailchimp=leave')).status).toBe(202)
    await world.settles()
    await world.passes(5 * MINUTE)
    expect(held()).toMatchObject({ NEWS: 'false' })
    await isGone()
  })

  test('waits while Mailchimp is away, and goes on when it is back', async () => {
    await begins()
    const away = world.mailchimp.addFault({ match: {}, fault: { status: 500 } })
    const { body } = await asksToErase(world, ADA)
    await world.passes(3 * HOUR)
    expect(await erasure(body.id)).toMatchObject({ state: 'waiting', waits_for: [{ why: 'due' }] })
    world.mailchimp.removeFault(away)
    await world.settles()
    expect(held()).toMatchObject({ NEWS: 'false' })
    expect(await erasure(body.id)).toMatchObject({ state: 'erased', unproven: [] })
    await isGone()
  })

  test('ends after a day, and names what is unproven', async () => {
    await begins()
    const integration = (await world.api<{ data: { id: string }[] }>('GET', '/v1/integrations')).body.data[0]?.id
    await world.api('POST', `/v1/integrations/${integration}/pause`)
    const { body } = await asksToErase(world, ADA)
    await world.passes(DAY - MINUTE)
    expect(await erasure(body.id)).toMatchObject({ state: 'waiting', erased: null })
    await world.passes(2 * MINUTE)
    expect(await erasure(body.id)).toMatchObject({
      state: 'erased',
      unproven: [{ why: 'due', integration_id: integration }],
    })
    expect(held()).toMatchObject({ NEWS: 'true' })
    expect(await rowsWith(db(), ADA)).toEqual([])
  })

  test.each([MINUTE, 2 * MINUTE])('I15: what may still be applied is denied after that: %i ms', async late => {
    await world.integrates({ mappings: MAPPINGS })
    const fault = { stall: true, apply_late_ms: late }
    world.mailchimp.addFault({ match: { method: 'PATCH', contact: ADA }, count: 1, fault })
    await world.receives(says(ADA, { newsletter: true, offers: false }))
    await world.passes(31 * SECOND)
    const { body } = await asksToErase(world, ADA)
    expect(body.state).toBe('waiting')
    await world.settles()
    await world.passes(5 * MINUTE)
    expect(held()).toMatchObject({ NEWS: 'false', OFFERS: 'false' })
    expect(await erasure(body.id)).toMatchObject({ state: 'erased', unproven: [] })
    await isGone()
  })

  test('I16: what was chosen before and comes later is counted, and kept nowhere', async () => {
    await begins()
    await erases(world, ADA)
    const before = await erased()
    await world.receives(
      says(ADA, { offers: true }, '2026-11-23T08:05:00Z'),
      says(' Ada@MAIL.test', { newsletter: true }, '2026-11-23T08:59:00Z'),
      [says(ADA, { newsletter: false }, '2026-11-23T08:06:00Z'), says(BOB, { offers: true }, '2026-11-23T08:07:00Z')],
      event({ user: userOf(ADA), id: 'of their user', at: '2026-11-23T08:08:00Z', purposes: { offers: true } }),
    )
    await world.settles()
    expect(await erased()).toBe(before + 4)
    expect(held()).toMatchObject({ NEWS: 'false' })
    expect(held(BOB)).toMatchObject({ NEWS: 'true', OFFERS: 'true' })
    await isGone()
  })

  test('a deletion of theirs is kept without their id, and finds a new life', async () => {
    await begins()
    await erases(world, ADA)
    const entity = { id: 'newer', user: { id: userOf(ADA), organization_user_id: ADA } }
    await world.receives({ type: 'event.deleted', parameters: { entity } })
    await isGone()
    await world.passes(MINUTE)
    await world.receives(says(ADA, { newsletter: true }, now(), 'newer'))
    await world.settles()
    // The event was deleted before it came in, so it grants nothing.
    expect(held()).toMatchObject({ NEWS: 'false' })
    await world.receives(says(ADA, { newsletter: true }, now(), 'newest'))
    await world.settles()
    expect(held()).toMatchObject({ NEWS: 'true' })
  })

  test('that Didomi deletes them as well does not bring them back', async () => {
    await begins()
    await erases(world, ADA)
    await world.receives(userDeleted)
    await world.settles()
    expect((await world.stats()).inbox).toMatchObject({ received: 3, erased: 1 })
    await isGone()
  })

  test('a newer choice counts at once while the erasure waits, and lives on after it', async () => {
    await begins()
    world.mailchimp.addFault({ match: { method: 'PATCH', contact: ADA }, count: 3, fault: { status: 500 } })
    const { body } = await asksToErase(world, ADA)
    await world.passes(MINUTE)
    await world.receives(says(ADA, { offers: true }, now()))
    await world.settles()
    await world.passes(5 * MINUTE)
    expect(held()).toMatchObject({ NEWS: 'false', OFFERS: 'true' })
    expect(await erasure(body.id)).toMatchObject({ state: 'erased', erased: { facts: 1 } })
    const { body: person } = await world.api<{ sources: { facts: unknown[] }[] }>('GET', `/v1/people/${ADA}`)
    expect(person.sources[0]?.facts).toHaveLength(1)
    await world.receives(says(ADA, { offers: false }, now(), 'denied'))
    await world.settles()
    expect(held()).toMatchObject({ NEWS: 'false', OFFERS: 'false' })
  })

  test('goes on after a restart', async () => {
    await begins()
    const away = world.mailchimp.addFault({ match: { method: 'PATCH' }, fault: { status: 500 } })
    const { body } = await asksToErase(world, ADA)
    await world.restarts()
    world.mailchimp.removeFault(away)
    await world.settles()
    await world.passes(5 * MINUTE)
    expect(held()).toMatchObject({ NEWS: 'false' })
    expect(await erasure(body.id)).toMatchObject({ state: 'erased' })
    await isGone()
  })
})

describe('R34: an erasure whose process ends', () => {
  const faults = (['commit', 'answer'] as const).flatMap(when => [1, 2, 3, 4, 5, 6].map(nth => ({ when, nth })))

  test.each(faults)('before or after any of its commits: $when $nth', async ({ when, nth }) => {
    const { world, db, close } = await startHome(homes[0].home)
    try {
      world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
      await world.integrates()
      await world.receives(says(ADA, { newsletter: true }))
      await world.settles()
      world.failsAt({ what: 'ends', when, nth })
      await asksToErase(world, ADA)
      await world.settles()
      world.failsAt(undefined)
      await world.settles()
      await world.passes(5 * MINUTE)
      expect(world.mailchimp.contact(AUDIENCE, ADA)?.['merge_fields']).toMatchObject({ NEWS: 'false' })
      expect(await rowsWith(db(), ADA)).toEqual([])
      const { body } = await world.api<{ data: Erasure[] }>('GET', '/v1/erasures')
      expect(body.data.map(({ state }) => state)).toEqual(['erased'])
      expect((await world.stats()).inbox).toMatchObject({ received: 1, erased: 1 })
    } finally {
      await close()
    }
  })
})
