import { hash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE } from '../../src/domain/instant.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { asksToErase, erases as erasesIn, homes, rowsWith as rowsIn, startHome } from '../erase-homes.ts'
import { AUDIENCE, event, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'
const ADA_WRITTEN = ' Ada@Mail.TEST'
const HASH = hash('md5', ADA)

const says = (newsletter: boolean, { who = ADA, id = 'grant', at = '2026-11-23T08:00:00Z' } = {}) =>
  event({ who, user: `user-of-${who.length}-${who === ADA ? 1 : 2}`, id, at, purposes: { newsletter } })
const ignored = (who: string) => ({ type: 'consent.proof', parameters: { user: { organization_user_id: who } } })
const faulty = (who: string) => ({
  type: 'event.created',
  parameters: { entity: { user: { id: 1, name: `<${who}>` } } },
})

type Person = { sources: { facts: { id: string }[]; deliveries: { status: string }[] }[] }
type Row = { raw: Uint8Array; faults: string | null }

describe.each(homes)('erasing a person on $name', ({ home }) => {
  let world: World
  let db: Database
  let close: () => Promise<void>
  beforeEach(async () => {
    const housed = await startHome(home)
    ;({ world, close } = housed)
    db = housed.db()
    for (const email_address of [ADA, BOB])
      world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  })
  afterEach(() => close())

  /** Each is delivered before the next: on PostgreSQL a webhook may have to be sent again while another is delivered. */
  const receivesSlowly = async (...records: readonly unknown[]) => {
    for (const record of records) {
      await world.receives(record)
      await world.settles()
    }
  }
  const erase = (who = ADA) => asksToErase(world, who)
  const rowsWith = (...texts: readonly string[]) => rowsIn(db, ...texts)
  const person = (who = ADA) => world.api<Person>('GET', `/v1/people/${who}`)
  const held = (who = ADA) => world.mailchimp.contact(AUDIENCE, who)?.['merge_fields']
  const inbox = async () => {
    const { received, ...kinds } = (await world.stats()).inbox
    expect(Object.values(kinds).reduce((sum, n) => sum + n)).toBe(received)
    return { received, ...kinds }
  }
  const bodies = async () =>
    (await db.query<Row>('select raw, faults from inbox order by id')).map(({ raw, faults }) => ({
      raw: Buffer.from(raw).toString('utf8'),
      faults,
    }))
  const erases = async (who = ADA) => {
    const { state, erased, unproven } = await erasesIn(world, who)
    expect([state, unproven]).toEqual(['erased', []])
    return erased ?? expect.fail('nothing was erased')
  }

  test('R16a: what is kept of them goes in every spelling of their domain, too', async () => {
    const who = 'ada@käse.test'
    await receivesSlowly(
      says(true, { who }),
      ignored('ADA@KÄSE.TEST'),
      ignored('ada@ka\u0308se.test\u200b'),
      ignored('Ada@\u212aäse.test'),
      faulty('ada@\u212aA\u0308SE.test'),
      says(true, { who: 'ada@kase.test', id: 'of another' }),
    )
    expect(await erases('Ada@\u212aa\u0308se.TEST ')).toMatchObject({ facts: 1, bodies: 5 })
    expect((await bodies()).filter(({ raw }) => raw !== '')).toMatchObject([
      { raw: expect.stringContaining('kase') as string },
    ])
  })

  test('I16: whatever is kept of them goes, under every spelling, and every record is still counted once', async () => {
    await world.integrates()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    const mappings = [{ id: 'OFFERS', value: 'consents_purposes_newsletter_enabled' }]
    await world.integrates({ upsert_mode: true, enabled: true, name: 'second', mappings })
    await receivesSlowly(
      says(true, { who: ADA_WRITTEN }),
      says(false, { id: 'withdrawal', at: '2026-11-23T08:10:00Z' }),
      { type: 'event.deleted', parameters: { entity: { id: 'withdrawal' } } },
      [ignored('ADA@MAIL.TEST'), says(true)],
      ignored(ADA).parameters,
      faulty('ADA@mail.test'),
      `{"type":"event.created","user":"${ADA_WRITTEN}`,
      `{"type":"consent.proof","organization_user_id":"\\u0041da@mail.test"}`,
      says(true, { who: BOB, id: 'of bob' }),
    )
    await world.settles()
    expect((await rowsWith(ADA, HASH)).length).toBeGreaterThan(10)
    const before = await inbox()
    const { body } = await person()
    expect(body.sources[0]?.facts).toHaveLength(4)

    const erased = await erases(' ADA@mail.test')
    expect(erased).toMatchObject({ facts: 4, bodies: 8, deliveries: 2 })
    expect(erased.attempts).toBeGreaterThan(1)
    expect(await rowsWith(ADA, HASH, '\\u0041da')).toEqual([])
    expect((await person()).status).toBe(404)
    const lost = { folded: 4, ignored: 2, quarantined: 3 }
    expect(await inbox()).toEqual({
      ...before,
      folded: before.folded - lost.folded,
      ignored: before.ignored - lost.ignored,
      quarantined: before.quarantined - lost.quarantined,
      erased: 9,
    })
    const { body: audit } = await world.api<{ data: object[] }>('GET', '/v1/audit')
    expect(audit.data[0]).toMatchObject({ action: 'person.erased', subject: HASH })
    expect((await person(BOB)).body.sources[0]?.deliveries).toMatchObject([{ status: 'delivered' }, {}])
  })

  test('of a body that others are in, only their records go', async () => {
    await world.integrates()
    const withoutTime = { ...says(true, { who: BOB, id: 'undated' }) }
    const undated = { ...withoutTime, parameters: { entity: { ...withoutTime.parameters.entity, created_at: 'soon' } } }
    const others = [says(true, { who: BOB, id: 'first' }), ignored(BOB), undated].map(each =>
      JSON.stringify(each, null, 1),
    )
    const [told, set, apart] = others
    await world.receives(`[${JSON.stringify(ignored(ADA))},${told},${JSON.stringify(says(true))},${set} ,${apart}\n]`)
    await world.receives(`[ ${JSON.stringify(says(false))} ]`)
    await world.settles()
    const before = (await person(BOB)).body
    const counted = await inbox()

    expect(await erases()).toMatchObject({ facts: 2, bodies: 2, deliveries: 1 })
    expect(await bodies()).toEqual([
      {
        raw: `[${told},${set} ,${apart}\n]`,
        faults: expect.stringContaining('parameters.entity.created_at') as string,
      },
      { raw: '', faults: null },
    ])
    expect(await rowsWith(ADA, HASH)).toEqual([])
    expect((await person(BOB)).body).toEqual(before)
    const { folded, ignored: idle } = counted
    expect(await inbox()).toEqual({ ...counted, folded: folded - 2, ignored: idle - 1, erased: 3 })
    const { body: shown } = await world.api<{ body: string }>('GET', `/v1/events/${before.sources[0]?.facts[0]?.id}`)
    expect(shown.body).toContain(told)
  })

  test('I2: no repeat brings them back, be it of the body or of the record in another; a new choice is one', async () => {
    await world.integrates()
    const grant = says(true)
    await world.receives(grant)
    await world.settles()
    await erases()
    const counted = await inbox()

    await world.receives(grant)
    await world.receives([grant, says(true, { who: BOB, id: 'of bob' })])
    await world.settles()
    expect(await inbox()).toEqual({ ...counted, received: 4, folded: 1, duplicate: 1, erased: 2 })
    expect((await person()).status).toBe(404)
    expect(await rowsWith(ADA, HASH)).toEqual([])
    expect(held(BOB)).toMatchObject({ NEWS: 'true' })

    await world.passes(MINUTE)
    await world.receives(says(true, { id: 'since', at: new Date(world.now()).toISOString() }))
    await world.settles()
    expect((await person()).body.sources).toMatchObject([{ facts: [{}], deliveries: [{ status: 'delivered' }] }])
    expect(held()).toMatchObject({ NEWS: 'true' })
    expect(await erases()).toMatchObject({ facts: 1, bodies: 1, attempts: 2, deliveries: 1 })
    expect(held()).toMatchObject({ NEWS: 'false' })
    expect(await inbox()).toMatchObject({ received: 5, folded: 1, duplicate: 1, erased: 3 })
  })

  test('what leaves no fact can be erased by itself', async () => {
    await world.receives(ignored(ADA))
    expect((await person()).status).toBe(404)
    expect(await erases()).toEqual({ facts: 0, bodies: 1, attempts: 0, deliveries: 0 })
    expect((await erase()).status).toBe(404)
  })

  test('I12: a choice at the same moment comes before it and goes, or after it and is a new life', async () => {
    await world.integrates()
    await receivesSlowly(says(true))
    const late = new Date(world.now() + MINUTE).toISOString()
    const at = (n: number): string => (n < 15 ? `2026-11-23T08:01:${n + 10}Z` : late)
    const [{ status }] = await Promise.all([
      erase(),
      ...Array.from({ length: 30 }, (_, n) =>
        world.receives(says(n % 2 === 0, { id: `e${n}`, at: at(n) }), says(true)),
      ),
    ])
    expect([200, 202]).toContain(status)
    await world.settles()
    expect(held()).toMatchObject({ NEWS: 'false' })
    const { body } = await person()
    expect(body.sources[0]?.facts).toHaveLength(15)
    expect(await inbox()).toMatchObject({ erased: 16, folded: 15, duplicate: 30 })
    await world.passes(2 * MINUTE)
    await erases()
    expect(await inbox()).toMatchObject({ folded: 0, erased: 31 })
    expect(await rowsWith(ADA, HASH)).toEqual([])
  })

  test('only an owner may, and nobody can erase whom nothing is kept of', async () => {
    await receivesSlowly(says(true))
    const { body } = await world.api<{ token: string }>('POST', '/v1/tokens', { name: 'o', role: 'operator' })
    const headers = { authorization: `Bearer ${body.token}` }
    const answer = await fetch(`${world.app.url}/v1/people/${ADA}`, { method: 'DELETE', headers })
    expect(answer.status).toBe(403)
    for (const who of ['mail.test', 'a@mail.test', 'lada@mail.test', 'ada@mail.test.example', ' ', 'newsletter'])
      expect([who, (await erase(who)).status]).toEqual([who, 404])
    expect((await person()).status).toBe(200)
  })
})
