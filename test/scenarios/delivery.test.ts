import { describe, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/domain/instant.ts'
import { type Database, type Sql } from '../../src/store/engine/database.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const says = (newsletter: boolean | null, at: string, who = ADA) => event({ who, at, purposes: { newsletter } })

async function worldWith(...contacts: readonly string[]): Promise<World> {
  const world = await startWorld()
  for (const email_address of contacts) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
  return world
}

/** A store whose transactions on attempts fail as scripted: undone, or carried out with the answer lost. */
const failing =
  (script: string[]) =>
  (db: Database): Database => ({
    ...db,
    async transaction(work) {
      let touched = false
      const watched = (tx: Sql): Sql => ({
        ...tx,
        query: (text, params) => {
          touched ||= /^(insert into|update) attempt/.test(text)
          return tx.query(text, params)
        },
      })
      const result = await db.transaction(async tx => {
        const done = await work(watched(tx))
        if (touched && script[0] === 'undone') throw new Error(`the store failed: ${script.shift()}`)
        return done
      })
      if (touched && script[0] === 'answer lost') throw new Error(`the store failed: ${script.shift()}`)
      return result
    },
  })

const valuesSent = (world: World): unknown[] =>
  world.writes().map(({ body }) => (body as { merge_fields: { NEWS: string } }).merge_fields.NEWS)

describe('what is sent', () => {
  test('R21 I10: a choice that is made again costs one call, and what states nothing new costs none', async () => {
    await using world = await worldWith(ADA)
    const id = await world.integrates()
    await world.receives(says(true, '2026-11-23T08:00:00Z'))
    await world.settles()
    await world.receives(says(true, '2026-11-23T08:01:00Z'), says(null, '2026-11-23T08:02:00Z'))
    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.settles()
    expect(valuesSent(world)).toEqual(['true', 'true'])
    await world.receives(says(null, '2026-11-23T08:03:00Z'))
    await world.settles()
    expect(valuesSent(world)).toEqual(['true', 'true'])
    expect((await world.stats()).deliveries).toMatchObject({ skipped: 1 })
  })

  test('I2: the same webhook five times is one fact and one call', async () => {
    await using world = await worldWith(ADA)
    await world.integrates()
    const record = says(true, '2026-11-23T08:00:00Z')
    await world.receives(record, record, record, [record], JSON.stringify(record, undefined, 2))
    await world.settles()
    expect(valuesSent(world)).toEqual(['true'])
    expect((await world.stats()).inbox).toMatchObject({ received: 5, folded: 1, duplicate: 4 })
  })

  test('R7: an older grant that arrives after the withdrawal only has it asserted once more', async () => {
    await using world = await worldWith(ADA)
    await world.integrates()
    await world.receives(says(false, '2026-11-23T08:30:00Z'))
    await world.settles()
    await world.receives(says(true, '2026-11-23T08:00:00Z'))
    await world.settles()
    expect(valuesSent(world)).toEqual(['false', 'false'])
  })

  test('ten events for one person while the account waits cost one request', async () => {
    await using world = await worldWith(ADA)
    const id = await world.integrates()
    await world.api('POST', `/v1/integrations/${id}/pause`)
    for (let minute = 0; minute < 10; minute++)
      await world.receives(says(minute % 2 === 0, `2026-11-23T08:0${minute}:00Z`))
    await world.settles()
    expect((await world.stats()).deliveries).toMatchObject({ held: 1 })
    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.settles()
    expect(valuesSent(world)).toEqual(['false'])
  })

  test('R23 I17: a withdrawal goes before grants that wait longer', async () => {
    const people = Array.from({ length: 30 }, (_, n) => `p${n}@mail.test`)
    await using world = await worldWith(ADA, ...people)
    const id = await world.integrates({ options: { connections: 1 } })
    await world.api('POST', `/v1/integrations/${id}/pause`)
    for (const who of people) await world.receives(says(true, '2026-11-23T08:00:00Z', who))
    await world.receives(says(false, '2026-11-23T08:00:00Z'))
    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.settles()
    expect(valuesSent(world)).toEqual(['false', ...people.map(() => 'true')])
  })

  test('R17: an id that names no contact is skipped, shown and never retried', async () => {
    await using world = await worldWith(ADA)
    await world.integrates()
    await world.receives(says(true, '2026-11-23T08:00:00Z', 'crm-4711'))
    await world.passes(DAY)
    expect(world.writes()).toEqual([])
    expect((await world.stats()).deliveries).toMatchObject({ skipped: 1, waiting: 0 })
  })

  test('a new mapping makes everyone due again', async () => {
    await using world = await worldWith(ADA)
    const id = await world.integrates()
    await world.receives(event({ who: ADA, at: '2026-11-23T08:00:00Z', purposes: { newsletter: true, offers: false } }))
    await world.settles()
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    const mappings = [
      { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' },
      { id: 'OFFERS', value: 'consents_purposes_offers_enabled' },
    ]
    await world.api('PATCH', `/v1/integrations/${id}`, { mappings })
    await world.settles()
    expect(world.writes().at(-1)?.body).toEqual({ merge_fields: { OFFERS: 'false' } })
  })
})

describe('when Mailchimp fails', () => {
  test('R26: a server error is retried until it works, with every try recorded', async () => {
    await using world = await worldWith(ADA)
    await world.integrates()
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 3, fault: { status: 500 } })
    await world.receives(says(false, '2026-11-23T08:00:00Z'))
    await world.settles()
    const { body } = await world.api<{ data: { outcome: string; reason: string }[] }>('GET', '/v1/attempts')
    expect(body.data.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['delivered', null],
      ['retry', 'server_error'],
      ['retry', 'server_error'],
      ['retry', 'server_error'],
    ])
    expect(world.mailchimp.contact(AUDIENCE, ADA)?.merge_fields).toMatchObject({ NEWS: 'false' })
  })

  test('R26 I9: a grant that nobody takes for 6.8 days is dead, with its reason', async () => {
    await using world = await worldWith(ADA)
    await world.integrates()
    world.mailchimp.addFault({ match: { method: 'PATCH' }, fault: { status: 500 } })
    await world.receives(says(true, '2026-11-23T08:00:00Z'))
    await world.settles()
    const { body } = await world.api<{ data: unknown[] }>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ status: 'dead', reason: 'expired' }])
    expect(world.writes().length).toBeLessThan(45)
  })

  test('R26 I17: a withdrawal is still tried after eight days', async () => {
    await using world = await worldWith(ADA)
    await world.integrates()
    world.mailchimp.addFault({ match: { method: 'PATCH' }, fault: { status: 500 } })
    await world.receives(says(false, '2026-11-23T08:00:00Z'))
    await world.passes(8 * DAY)
    expect((await world.stats()).deliveries).toMatchObject({ waiting: 1, dead: 0 })
    world.mailchimp.clearFaults()
    await world.settles()
    expect(world.mailchimp.contact(AUDIENCE, ADA)?.merge_fields).toMatchObject({ NEWS: 'false' })
  })

  test('R22: after an attempt of unknown outcome everything is asserted, even what seemed delivered', async () => {
    await using world = await worldWith(ADA)
    await world.integrates()
    await world.receives(says(true, '2026-11-23T08:00:00Z'))
    await world.settles()
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: { cut: 'after' } })
    await world.receives(says(false, '2026-11-23T08:10:00Z'))
    await world.settles()
    expect(valuesSent(world)).toEqual(['true', 'false', 'false'])
  })

  test('R24: 429 narrows the connections, costs no attempt, and everything arrives', async () => {
    const people = Array.from({ length: 20 }, (_, n) => `p${n}@mail.test`)
    await using world = await worldWith(...people)
    await world.integrates()
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 8, fault: { trigger: 'TooManyRequests' } })
    for (const who of people) await world.receives(says(true, '2026-11-23T08:00:00Z', who))
    await world.settles()
    const { body } = await world.api<{ data: { failed: number; status: string }[] }>('GET', '/v1/deliveries?limit=50')
    expect(body.data).toHaveLength(20)
    expect(body.data.every(({ failed, status }) => failed === 0 && status === 'delivered')).toBe(true)
  })

  test('a permanent refusal of one contact is dead at once and stops nobody else', async () => {
    await using world = await worldWith(ADA, 'bob@mail.test')
    await world.integrates()
    world.mailchimp.addFault({
      match: { method: 'PATCH', contact: ADA },
      fault: { status: 400, title: 'Forgotten Email Not Subscribed', detail: 'gone for good' },
    })
    await world.receives(says(true, '2026-11-23T08:00:00Z'), says(true, '2026-11-23T08:00:00Z', 'bob@mail.test'))
    await world.settles()
    expect((await world.stats()).deliveries).toMatchObject({ dead: 1, delivered: 1 })
    expect(world.writes()).toHaveLength(2)
  })
})

describe('while a request is under way', () => {
  test('R27 I6: its attempt is recorded before it leaves; I12: a fact that comes meanwhile is delivered after it', async () => {
    await using world = await worldWith(ADA)
    await world.integrates()
    await world.receives(says(null, '2026-11-23T07:00:00Z'))
    await world.settles()
    const before = world.mailchimp.requests().length
    world.mailchimp.addFault({ match: { method: 'PATCH' }, count: 1, fault: { delay_ms: 1_000 } })
    await world.receives(says(true, '2026-11-23T08:00:00Z'))
    await world.mailchimp.arrived(before + 1)
    const { body } = await world.api<{ data: { finished_at: string | null }[] }>('GET', '/v1/attempts')
    expect(body.data).toMatchObject([{ finished_at: null }])

    await world.receives(says(false, '2026-11-23T08:10:00Z'))
    await world.settles()
    expect(valuesSent(world)).toEqual(['true', 'false'])
  })

  test('I4: two integrations that speak of one contact never write to it at the same time', async () => {
    await using world = await worldWith(ADA)
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
    await world.integrates()
    await world.integrates({ mappings: [{ id: 'OFFERS', value: 'consents_purposes_newsletter_enabled' }] })
    world.mailchimp.setLatency(30)
    await world.receives(says(true, '2026-11-23T08:00:00Z'))
    await world.settles()
    const patches = world.mailchimp.requests().filter(({ method }) => method === 'PATCH')
    expect(patches).toHaveLength(2)
    expect(patches[1]?.arrived_at).toBeGreaterThanOrEqual(patches[0]?.answered_at ?? Infinity)
  })
})

describe('R2: what cannot be read', () => {
  test('is kept, acknowledged, counted and shown with the field at fault', async () => {
    await using world = await worldWith(ADA)
    await world.integrates()
    await world.receives('{"type":"event.created",', {
      type: 'event.created',
      parameters: { entity: { id: 7, user: 3 } },
    })
    const { body } = await world.api<{ data: { faults: { path: string }[] }[] }>('GET', '/v1/quarantine')
    expect(body.data.map(({ faults }) => faults.map(({ path }) => path))).toEqual([['parameters.entity.user'], ['']])
    expect((await world.stats()).inbox).toMatchObject({ received: 2, quarantined: 2, folded: 0 })
  })

  test('R5: an anonymous record is counted and owes nothing', async () => {
    await using world = await worldWith()
    await world.integrates()
    await world.receives(event({ at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } }))
    await world.passes(MINUTE)
    expect(await world.stats()).toMatchObject({
      inbox: { anonymous: 1, received: 1 },
      deliveries: { waiting: 0, skipped: 0 },
    })
  })
})

describe('I7 I8: when the store fails', () => {
  test('while answers are recorded and debts taken, nothing is lost and nothing stays behind', async () => {
    const people = Array.from({ length: 12 }, (_, n) => `p${n}@mail.test`)
    const failures: string[] = []
    await using world = await startWorld({ around: failing(failures) })
    for (const email_address of people) world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
    const id = await world.integrates()
    await world.api('POST', `/v1/integrations/${id}/pause`)
    for (const who of people) await world.receives(says(false, '2026-11-23T08:00:00Z', who))
    failures.push('undone', 'answer lost', 'undone', 'answer lost', 'answer lost')
    await world.api('POST', `/v1/integrations/${id}/resume`)
    await world.settles()
    expect(failures).toEqual([])
    expect((await world.stats()).deliveries).toMatchObject({ delivered: 12, sending: 0, dead: 0 })
  })
})
