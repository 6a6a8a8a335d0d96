import { hash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY } from '../../src/domain/instant.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { createIds } from '../../src/store/engine/ids.ts'
import { keepArrivals, type Fault } from '../../src/store/ledger/inbox.ts'
import { addTallies } from '../../src/store/ledger/tallies.ts'
import { freshPostgres } from '../databases.ts'
import { erases } from '../erase-homes.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'
const ZERO = { folded: 0, evidence: 0, ignored: 0, anonymous: 0, duplicate: 0, erased: 0, set_apart: 0 }

const grant = (who: string) =>
  event({ who, id: `grant-${who}`, at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } })
const broken = { type: 'event.created', parameters: { entity: {} } }
const stillAtFault = (place: string) => ({ path: `${place}parameters.entity.id`, why: expect.any(String) as string })
/** What an older version could not read. */
const once = (path: string) => ({ path, why: 'was more than could be read' })

type Reread = {
  records: typeof ZERO
  faults: { path: string }[]
  integrations: string[]
  code?: string
  detail?: string
}

const homes = [
  { name: 'SQLite', home: () => Promise.resolve({ url: undefined, close: () => Promise.resolve() }) },
  {
    name: 'PostgreSQL',
    home: async () => {
      const { db, url } = await freshPostgres()
      return { url, close: () => db.close() }
    },
  },
]

describe.each(homes)('R2: a body that is read again, on $name', ({ home }) => {
  let world: World
  let db: Database
  let integration: string
  let close: () => Promise<void>
  beforeEach(async () => {
    const { url, ...rest } = await home()
    close = rest.close
    world = await startWorld({
      feed: 'event',
      around: opened => (db = opened),
      ...(url === undefined ? {} : { databaseUrl: url }),
    })
    for (const email_address of [ADA, BOB])
      world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
    integration = await world.integrates()
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
    await close()
  })

  /** A body as an older version would have kept it, with what it could not read; gives its id. */
  async function keptOnce(body: unknown, faults: readonly Fault[], daysAgo = 0): Promise<string> {
    const at = world.now() - daysAgo * DAY
    const id = createIds(() => at)('inb')
    const raw = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const sourceId = world.source.id
    const row = { id, sourceId, fingerprint: hash('sha256', raw), receivedAt: at, raw, records: 1 }
    await keepArrivals(db, [{ ...row, faults }])
    await addTallies(db, [{ sourceId, kind: 'quarantined', family: '', n: faults.length }])
    return id
  }
  const reread = (id: string) => world.api<Reread>('POST', `/v1/quarantine/${id}/reread`)
  const quarantine = async () =>
    (await world.api<{ data: { id: string; faults: unknown[]; body: string }[] }>('GET', '/v1/quarantine')).body.data
  const held = (who: string) => world.mailchimp.contact(AUDIENCE, who)?.['merge_fields']
  const inbox = async () => {
    const { received, ...kinds } = (await world.stats()).inbox
    expect(Object.values(kinds).reduce((sum, n) => sum + n)).toBe(received)
    return kinds
  }
  const audited = async () =>
    (await world.api<{ data: { action: string; subject: string }[] }>('GET', '/v1/audit')).body.data.filter(
      ({ action }) => action === 'quarantine.reread',
    )

  test('I16: counts as it would have when it came in, is delivered, and is read once', async () => {
    const id = await keptOnce(grant(ADA), [once('parameters.entity.new')])
    expect(await inbox()).toMatchObject({ quarantined: 1, folded: 0 })

    const { status, body } = await reread(id)
    expect(status).toBe(200)
    expect(body).toEqual({
      id,
      source_id: world.source.id,
      records: { ...ZERO, folded: 1 },
      faults: [],
      integrations: [integration],
    })
    await world.settles()
    expect(held(ADA)).toMatchObject({ NEWS: 'true' })
    const counted = await inbox()
    expect(counted).toMatchObject({ quarantined: 0, folded: 1 })
    expect(await quarantine()).toEqual([])
    expect(await audited()).toMatchObject([{ subject: id }])

    expect((await reread(id)).body).toMatchObject({ records: ZERO, faults: [], integrations: [] })
    expect(await inbox()).toEqual(counted)
    expect(await audited()).toHaveLength(1)
    expect(world.writes()).toHaveLength(1)
  })

  test('says the same when it is asked twice at once', async () => {
    const id = await keptOnce(grant(ADA), [once('parameters.entity.new')])
    const answers = await Promise.all([reread(id), reread(id)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers.map(({ body }) => body.records.folded).sort()).toEqual([0, 1])
    expect(await inbox()).toMatchObject({ quarantined: 0, folded: 1, duplicate: 0 })
  })

  test('erasing one person leaves the record of another set apart, to be read again', async () => {
    const id = await keptOnce([grant(ADA), grant(BOB)], [once('[0].new'), once('[1].new')])
    await world.receives(event({ who: ADA, id: 'another', at: '2026-11-23T07:00:00Z', purposes: { newsletter: true } }))
    await world.settles()
    expect((await erases(world, ADA)).state).toBe('erased')
    expect(await inbox()).toMatchObject({ quarantined: 1, erased: 2 })
    expect((await quarantine()).map(({ faults }) => faults)).toMatchObject([[{ path: '[0].new' }]])

    expect((await reread(id)).body).toMatchObject({ records: { ...ZERO, folded: 1 }, faults: [] })
    await world.settles()
    expect(held(BOB)).toMatchObject({ NEWS: 'true' })
    expect(await inbox()).toMatchObject({ quarantined: 0, erased: 2, folded: 1 })
  })

  test('leaves the records that were read, and keeps apart what is still at fault', async () => {
    await world.receives(grant(ADA))
    await world.settles()
    const list = [grant(ADA), grant(BOB), broken, { type: 'consent.proof' }]
    const id = await keptOnce(list, [once('[1].new'), once('[2].new'), once('[3].new')])
    const { body } = await reread(id)
    expect(body).toMatchObject({ records: { ...ZERO, folded: 1, ignored: 1, set_apart: 1 } })
    expect(body.faults).toEqual([stillAtFault('[2].')])
    expect(await inbox()).toMatchObject({ quarantined: 1, folded: 2, ignored: 1, duplicate: 0 })
    expect(await quarantine()).toMatchObject([{ id, faults: [stillAtFault('[2].')] }])
    await world.settles()
    expect(held(BOB)).toMatchObject({ NEWS: 'true' })

    expect((await reread(id)).body).toMatchObject({ records: { ...ZERO, set_apart: 1 }, integrations: [] })
    expect(await inbox()).toMatchObject({ quarantined: 1, folded: 2, ignored: 1 })
  })

  test('what could not be taken apart counted as one record, and counts as what it holds', async () => {
    const id = await keptOnce([grant(ADA), grant(BOB), broken], [once('')])
    expect((await reread(id)).body).toMatchObject({ records: { ...ZERO, folded: 2, set_apart: 1 } })
    expect(await inbox()).toMatchObject({ quarantined: 1, folded: 2 })
  })

  test('what was told since in another body is a duplicate', async () => {
    const id = await keptOnce(grant(ADA), [once('parameters.entity.new')])
    await world.receives([grant(ADA)])
    await world.settles()
    expect((await reread(id)).body).toMatchObject({ records: { ...ZERO, duplicate: 1 }, integrations: [] })
    expect(await inbox()).toMatchObject({ quarantined: 0, folded: 1, duplicate: 1 })
  })

  test('what was erased does not come back, and does not stay in the body either', async () => {
    await world.receives(grant(ADA))
    await world.settles()
    expect((await erases(world, ADA)).state).toBe('erased')
    const id = await keptOnce([grant(ADA), grant(BOB)], [once('[0].new'), once('[1].new')])
    expect((await reread(id)).body).toMatchObject({ records: { ...ZERO, folded: 1, erased: 1 }, faults: [] })
    expect((await world.api('GET', `/v1/people/${ADA}`)).status).toBe(404)
    const [row] = await db.query<{ raw: Uint8Array }>('select raw from inbox where id = $1', [id])
    expect(Buffer.from(row?.raw ?? []).toString()).toBe(`[${JSON.stringify(grant(BOB))}]`)
    await inbox()
  })

  test('what is withheld for want of a time stays so', async () => {
    const undated = event({ who: ADA, at: 'soon', purposes: { newsletter: false, offers: true } })
    await world.receives(undated)
    await world.settles()
    const before = await inbox()
    const [listed] = await quarantine()
    const { body } = await reread(listed?.id ?? '')
    expect(body).toMatchObject({ records: { ...ZERO, set_apart: 1 }, integrations: [] })
    expect(body.faults).toMatchObject([{ path: 'parameters.entity.created_at' }])
    expect(await inbox()).toEqual(before)
    expect(await quarantine()).toHaveLength(1)
  })

  test('one that expired is refused with what became of it, and one that never was with 404', async () => {
    const id = await keptOnce(grant(ADA), [once('parameters.entity.new')], 91)
    world.app.expiry.request()
    await world.app.expiry.idle()
    const refused = await reread(id)
    expect([refused.status, refused.body.code]).toEqual([409, 'wrong_state'])
    expect(refused.body.detail).toContain('expired')
    expect((await reread('inb_none')).status).toBe(404)
    expect(await inbox()).toMatchObject({ quarantined: 1, folded: 0 })
  })

  test('one that leaves the quarantine is kept no longer than other bodies', async () => {
    const old = event({ who: ADA, at: '2026-10-01T08:00:00Z', purposes: { newsletter: true } })
    const id = await keptOnce(old, [once('parameters.entity.new')], 31)
    // Bodies of its age expire, and this one only because it leaves the quarantine.
    world.app.expiry.request()
    await world.app.expiry.idle()
    expect((await reread(id)).body).toMatchObject({ records: { ...ZERO, folded: 1 } })
    const [row] = await db.query<{ raw: Uint8Array }>('select raw from inbox where id = $1', [id])
    expect(row?.raw.byteLength).toBe(0)
    await world.settles()
    expect(held(ADA)).toMatchObject({ NEWS: 'true' })
  })
})

test('operators and owners may read a body again, viewers and strangers may not', async () => {
  await using world = await startWorld()
  const asks = async (headers: Record<string, string>) =>
    (await fetch(`${world.app.url}/v1/quarantine/inb_none/reread`, { method: 'POST', headers })).status
  const tokenOf = async (role: string) =>
    (await world.api<{ token: string }>('POST', '/v1/tokens', { name: role, role })).body.token
  expect(await asks({})).toBe(401)
  for (const [role, status] of [
    ['viewer', 403],
    ['operator', 404],
    ['owner', 404],
  ] as const)
    expect([role, await asks({ authorization: `Bearer ${await tokenOf(role)}` })]).toEqual([role, status])
})
