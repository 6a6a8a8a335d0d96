import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createSimulator, DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator } from '../../../simulator/simulator.ts'
import { createClient, type Client } from '../../mailchimp/client.ts'
import { createDownload } from '../../mailchimp/download.ts'
import { type Item } from '../../mailchimp/many.ts'
import { type Batch } from '../../domain/batch-life.ts'
import { sendMany } from './send-many.ts'

const NOW = Date.UTC(2026, 10, 28, 9)

const batch: Batch = {
  id: 'bat_1',
  credentialId: 'crd_1',
  mailchimpId: undefined,
  state: 'submitting',
  operations: 2,
  finished: 0,
  errored: 0,
  detail: undefined,
  createdAt: NOW,
  submittedAt: undefined,
  pollAt: undefined,
  deadlineAt: NOW,
  endedAt: undefined,
}

const contactOf = (name: string) => ({ by: 'address' as const, address: `${name}@mail.test` })

const grants = (name: string): Item => ({
  attemptId: `att_${name}`,
  plan: { do: 'update', contact: contactOf(name), fields: { FNAME: name } },
})

const makes = (name: string): Item => ({
  attemptId: `att_${name}`,
  plan: {
    do: 'upsert',
    contact: contactOf(name),
    fields: { FNAME: name },
    statusIfNew: 'transactional',
    signedUpAt: undefined,
  },
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

  /** What happens at Mailchimp right after the call, when each reading takes so long. */
  function sent(
    afterCall: () => void,
    { readingMs = 0, assignments = [grants('ada'), grants('bob')] }: { readingMs?: number; assignments?: Item[] } = {},
  ) {
    let now = NOW
    const watched: Client = {
      ...real,
      async send(request) {
        const reply = await real.send(request)
        if (request.method === 'POST') afterCall()
        else now += readingMs
        return reply
      },
    }
    const deps = {
      client: watched,
      download: createDownload(),
      origin: simulator.url,
      confirmed: new Map(),
      clock: () => now,
      stopping: new AbortController().signal,
    }
    return sendMany(deps, { batch, audienceId: DEFAULT_AUDIENCE, assignments })
  }

  test('delivers to each, and finds everybody as they were', async () => {
    const news = await sent(() => undefined)
    expect(news).toMatchObject({ news: { kind: 'results' }, results: { changed: 0 } })
    const ends = [...(news.results?.ends ?? [])]
    expect(ends.map(([id, { outcome }]) => [id, outcome.kind])).toEqual([
      ['att_ada', 'delivered'],
      ['att_bob', 'delivered'],
    ])
  })

  test('I5: tells how many who had left have another status afterwards', async () => {
    const news = await sent(() => simulator.control.act(DEFAULT_AUDIENCE, 'ada@mail.test', 'resubscribe'))
    expect(news).toMatchObject({ results: { changed: 1 } })
  })

  test('I5: a status that cannot be read again counts as another one', async () => {
    const news = await sent(() => simulator.control.addFault({ match: { method: 'GET' }, fault: { status: 500 } }))
    expect(news).toMatchObject({ results: { changed: 1 } })
  })

  test('sends nothing when the statuses cannot be read before', async () => {
    simulator.control.addFault({ match: { method: 'GET' }, fault: { status: 500 } })
    expect(await sent(() => undefined)).toMatchObject({
      news: { kind: 'not_submitted', isUnclear: false },
    })
    expect(simulator.control.stats().writes_applied).toBe(0)
  })

  test('I5: a status that was read two seconds ago is not sent any more', async () => {
    const news = await sent(() => undefined, { readingMs: 2_001 })
    expect(news).toMatchObject({ news: { kind: 'results' }, results: { leftOut: ['att_ada', 'att_bob'] } })
    expect(simulator.control.stats().writes_applied).toBe(0)
  })

  test('I5: what was read is sent before anything else is read for long', async () => {
    let calls = 0
    const assignments = [grants('ada'), grants('bob'), makes('eve'), makes('dan')]
    const news = await sent(() => (calls += 1), { readingMs: 1_200, assignments })
    expect(news).toMatchObject({ news: { kind: 'results' }, results: { leftOut: [] } })
    expect(calls).toBe(3)
  })

  test('what was sent before the reading failed counts, and the rest goes singly', async () => {
    simulator.control.addFault({ match: { kind: 'member.get' }, fault: { edge: 429 } })
    const news = await sent(() => undefined, { readingMs: 1_200, assignments: [grants('ada'), makes('eve')] })
    const ends = [...(news.results?.ends.keys() ?? [])]
    expect(ends).toEqual(['att_ada'])
    expect(news).toMatchObject({ results: { leftOut: ['att_eve'] } })
  })

  test('says of which audience it is when that is missing', async () => {
    simulator.control.addFault({ match: { kind: 'members.get' }, fault: { status: 404 } })
    const blocking = { blocked: { cause: 'audience_missing' }, audienceId: DEFAULT_AUDIENCE }
    expect(await sent(() => undefined)).toMatchObject({ news: { kind: 'not_submitted' }, blocking })
  })
})
