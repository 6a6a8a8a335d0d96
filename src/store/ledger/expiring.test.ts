import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { anEvent, minute, MORNING } from '../../../test/builders.ts'
import { databases } from '../../../test/databases.ts'
import { ADA, aStore, arrival, INTEGRATION, openStore, SOURCE, storedFact } from '../../../test/store-builders.ts'
import { DEFAULT_RETENTION } from '../../domain/retention.ts'
import { listAttempts, recordEndings, recordIntents } from '../debts/attempts.ts'
import { appendAudit, listAudit } from '../access/audit.ts'
import { type Database } from '../engine/database.ts'
import { expireAnonymous, expireAttempts, expireAudit, expireBodies, expireQuarantine } from './expiring.ts'
import { createIds } from '../engine/ids.ts'
import { appendFacts } from './facts.ts'
import { findBody, keepArrivals, listQuarantined, type Fault } from './inbox.ts'
import { adoptFacts } from './links.ts'
import { readRetention, saveBodiesDone, saveRetention } from '../settings/retention.ts'

const BODY = Buffer.from('{"a":1}')

describe.each(databases)('what is not kept any longer, on $name', ({ open }) => {
  let db: Database
  beforeAll(async () => {
    db = await openStore(open)
  })
  beforeEach(async () => {
    await aStore(db)
    await db.query('delete from inbox')
  })
  afterAll(() => db.close())

  const idAt = (prefix: string, time: number): string => createIds(() => time)(prefix)

  async function arrives(time: number, faults: readonly Fault[] = []): Promise<string> {
    const id = idAt('inb', time)
    await keepArrivals(db, [arrival({ id, fingerprint: id, receivedAt: time, raw: BODY, faults })])
    return id
  }
  const sizeOf = async (id: string) => (await findBody(db, id))?.length
  const expire = { before: minute(10), limit: 100 }

  test('bodies are emptied, their rows stay, and a later run goes on where this one ended', async () => {
    const [old, older] = [await arrives(minute(9)), await arrives(minute(1))]
    const young = await arrives(minute(10))
    expect(await expireBodies(db, { ...expire, after: '', limit: 1 })).toEqual({ looked: 1, last: older })
    expect(await expireBodies(db, { ...expire, after: older })).toEqual({ looked: 1, last: old })
    expect(await expireBodies(db, { ...expire, after: old })).toEqual({ looked: 0, last: undefined })
    expect([await sizeOf(older), await sizeOf(old), await sizeOf(young)]).toEqual([0, 0, BODY.length])
  })

  test('a body of which something is quarantined stays for as long as the quarantine', async () => {
    const set = await arrives(minute(1), [{ path: '[0]', why: 'is missing' }])
    await expireBodies(db, { ...expire, after: '' })
    expect(await sizeOf(set)).toBe(BODY.length)
    expect(await expireQuarantine(db, { ...expire, before: minute(1) })).toBe(0)
    expect(await expireQuarantine(db, expire)).toBe(1)
    expect(await sizeOf(set)).toBe(0)
    expect(await listQuarantined(db, { before: '', limit: 9, mostBytes: 9 })).toEqual([])
  })

  test('a body that has expired is known as a repeat all the same', async () => {
    const id = await arrives(minute(1))
    await expireBodies(db, { ...expire, after: '' })
    expect(await keepArrivals(db, [arrival({ id: 'inb_z', fingerprint: id, raw: BODY })])).toEqual(new Set())
  })

  test('attempts go, the oldest first, but not one whose end is still to come', async () => {
    const [first, second, open_, young] = [minute(1), minute(2), minute(3), minute(10)].map(at => idAt('att', at))
    const intent = { integrationId: INTEGRATION, person: ADA, revision: 1, method: 'PATCH', path: '/x', request: {} }
    const all = [first, second, open_, young].map(id => ({ ...intent, id: String(id), startedAt: MORNING }))
    await recordIntents(db, all)
    const ending = { status: 200, answer: undefined, requestId: undefined, reason: undefined, detail: undefined }
    await recordEndings(
      db,
      [first, second, young].map(id => ({ ...ending, id: String(id), finishedAt: MORNING, outcome: 'delivered' })),
    )
    expect(await expireAttempts(db, { ...expire, limit: 1 })).toBe(1)
    const left = async () => (await listAttempts(db, { before: '', limit: 9 })).map(({ id }) => id)
    expect(await left()).toEqual([young, open_, second])
    expect(await expireAttempts(db, expire)).toBe(1)
    expect(await left()).toEqual([young, open_])
  })

  describe('R5c: of facts of which nothing says whose they are', () => {
    const BODY_ID = idAt('inb', minute(1))

    async function told(time: number, over: { person?: string; kind?: 'deleted' } = {}): Promise<string> {
      const id = idAt('fct', time)
      const fact = anEvent({ id, entityId: `e ${id}`, kind: over.kind ?? 'created', names: over.person })
      await appendFacts(db, [storedFact({ fact, inboxId: BODY_ID, person: over.person })])
      return id
    }
    const factIds = async () => (await db.query<{ id: string }>('select id from fact order by id')).map(({ id }) => id)

    beforeEach(async () => {
      await keepArrivals(db, [arrival({ id: BODY_ID, fingerprint: 'f', raw: BODY })])
    })

    test('the oldest go first, but none of a person, and no deletion', async () => {
      const [, person, deletion, second] = [
        await told(minute(1)),
        await told(minute(2), { person: ADA }),
        await told(minute(3), { kind: 'deleted' }),
        await told(minute(4)),
      ]
      const young = await told(minute(10))
      expect(await expireAnonymous(db, { ...expire, limit: 1 })).toEqual([SOURCE])
      expect(await factIds()).toEqual([person, deletion, second, young])
      expect(await expireAnonymous(db, expire)).toEqual([SOURCE])
      expect(await expireAnonymous(db, expire)).toEqual([])
      expect(await factIds()).toEqual([person, deletion, young])
    })

    test('one that comes again is new, in the same body or another', async () => {
      const id = await told(minute(1))
      const again = () => keepArrivals(db, [arrival({ id: idAt('inb', minute(20)), fingerprint: 'f', raw: BODY })])
      expect((await again()).size).toBe(0)
      await expireAnonymous(db, expire)
      expect((await again()).size).toBe(1)
      const fact = anEvent({ id: 'fct_z', names: undefined })
      const repeat = storedFact({ fact, inboxId: BODY_ID, key: `key of ${id}`, person: undefined })
      expect(await appendFacts(db, [repeat])).toEqual(new Set(['fct_z']))
    })

    test('one that finds its person in the same moment is either theirs or gone, and counted so', async () => {
      const id = await told(minute(1))
      const adopts = () =>
        db.transaction(async tx => {
          const adopted = await adoptFacts(tx, [{ factId: id, person: ADA }])
          return adopted.size
        })
      for (let n = 0; n < 10; n++) {
        const [adopted, gone] = await Promise.all([adopts(), db.transaction(tx => expireAnonymous(tx, expire))])
        expect([adopted, gone.length].toSorted()).toEqual([0, 1])
        await db.query('delete from fact')
        await appendFacts(db, [
          storedFact({ fact: anEvent({ id, names: undefined }), inboxId: BODY_ID, person: undefined }),
        ])
      }
    })
  })

  test('who did what goes as well', async () => {
    const entry = { at: MORNING, actor: 'ada', action: 'a', subject: 's', detail: {} }
    for (const at of [minute(1), minute(11)]) await appendAudit(db, { ...entry, id: idAt('aud', at) })
    expect(await expireAudit(db, expire)).toBe(1)
    expect(await listAudit(db, { before: '', limit: 9 })).toHaveLength(1)
  })

  test('what holds is the default until it is set, however far the bodies have expired', async () => {
    await db.query('delete from retention')
    expect(await readRetention(db)).toEqual({ retention: DEFAULT_RETENTION, bodiesDone: '' })
    await saveBodiesDone(db, 'inb_1')
    expect(await readRetention(db)).toEqual({ retention: DEFAULT_RETENTION, bodiesDone: 'inb_1' })
    const wanted = { bodies: null, quarantine: 1, anonymous: 4, attempts: 2, audit: 3 }
    await saveRetention(db, wanted)
    expect(await readRetention(db)).toEqual({ retention: wanted, bodiesDone: 'inb_1' })
  })
})
