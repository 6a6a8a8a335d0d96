import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSimulator, DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator } from '../../simulator/simulator.ts'
import { createClient, type Client } from '../mailchimp/client.ts'
import { createDownload } from '../mailchimp/download.ts'
import { type Item } from '../mailchimp/many.ts'
import { type BatchRow } from '../store/batches.ts'
import { sendMany } from './send-many.ts'

const NOW = Date.UTC(2026, 10, 28, 9)

const batch: BatchRow = {
  id: 'bat_1',
  credential_id: 'crd_1',
  mailchimp_id: null,
  state: 'submitting',
  operations: 2,
  finished: 0,
  errored: 0,
  detail: null,
  created_at: NOW,
  submitted_at: null,
  poll_at: null,
  deadline_at: NOW,
  ended_at: null,
}

const grants = (name: string): Item => ({
  attemptId: `att_${name}`,
  plan: { do: 'update', contact: { by: 'address', address: `${name}@mail.test` }, fields: { FNAME: name } },
})

describe('R28: many contacts in one call', () => {
  let simulator: Simulator
  let real: Client
  beforeEach(async () => {
    simulator = await createSimulator()
    real = createClient({ apiKey: DEFAULT_KEY, origin: simulator.url, connections: 2 })
    for (const [name, status] of Object.entries({ ada: 'unsubscribed', bob: 'subscribed' } as const))
      simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: `${name}@mail.test`, status })
  })
  afterEach(async () => {
    await real.close()
    await simulator.close()
  })

  /** What happens at Mailchimp right after the call. */
  function sent(afterCall: () => void, client: Client = real) {
    const watched: Client = {
      ...client,
      async send(request) {
        const reply = await client.send(request)
        if (request.method === 'POST') afterCall()
        return reply
      },
    }
    const deps = {
      client: watched,
      download: createDownload(),
      origin: simulator.url,
      confirmed: new Map(),
      now: () => NOW,
    }
    return sendMany(deps, { batch, audienceId: DEFAULT_AUDIENCE, assignments: [grants('ada'), grants('bob')] })
  }

  test('delivers to each, and finds everybody as they were', async () => {
    const news = await sent(() => undefined)
    expect(news).toMatchObject({ kind: 'results', said: { kind: 'read' }, changed: 0 })
    const ends = news.kind === 'results' && news.said.kind === 'read' ? [...news.said.value] : []
    expect(ends.map(([id, { outcome }]) => [id, outcome.kind])).toEqual([
      ['att_ada', 'delivered'],
      ['att_bob', 'delivered'],
    ])
  })

  test('I5: tells how many who had left have another status afterwards', async () => {
    const news = await sent(() => simulator.control.act(DEFAULT_AUDIENCE, 'ada@mail.test', 'resubscribe'))
    expect(news).toMatchObject({ changed: 1 })
  })

  test('I5: a status that cannot be read again counts as another one', async () => {
    const news = await sent(() => simulator.control.addFault({ match: { method: 'GET' }, fault: { status: 500 } }))
    expect(news).toMatchObject({ changed: 1 })
  })

  test('sends nothing when the statuses cannot be read before', async () => {
    simulator.control.addFault({ match: { method: 'GET' }, fault: { status: 500 } })
    expect(await sent(() => undefined)).toMatchObject({ kind: 'submission', said: { kind: 'retry', ambiguous: false } })
    expect(simulator.control.stats().writes_applied).toBe(0)
  })
})
