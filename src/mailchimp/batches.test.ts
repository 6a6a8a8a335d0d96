import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualClock, type ManualClock } from '../../simulator/clock.ts'
import { createSimulator, DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator } from '../../simulator/simulator.ts'
import { DAY, MINUTE, SECOND } from '../domain/instant.ts'
import { type Outcome } from '../domain/outcome.ts'
import { type Request } from '../domain/plan.ts'
import { readResults } from './batch-results.ts'
import { cancelBatch, readBatch, submitBatch, type Operation } from './batches.ts'
import { classifyWrite } from './classify.ts'
import { createClient, type ApiRequest, type Client, type Reply } from './client.ts'
import { createDownload } from './download.ts'
import { requestFor } from './requests.ts'
import { merging } from '../../test/builders.ts'

const NOW = Date.UTC(2026, 10, 23, 9)
const STAGES = 10 * SECOND

const contact = (name: string) => ({ by: 'address' as const, address: `${name}@mail.test` })
const update = (name: string, fields = { FNAME: name }): Request => ({
  do: 'update',
  contact: contact(name),
  fields: merging(fields),
})
const upsert = (name: string): Request => ({
  do: 'upsert',
  contact: contact(name),
  statusIfNew: 'transactional',
  signedUpAt: undefined,
  fields: merging({ FNAME: name }),
})

describe('R28: a batch at Mailchimp', () => {
  let clock: ManualClock
  let simulator: Simulator
  let client: Client
  beforeEach(async () => {
    clock = manualClock(NOW)
    simulator = await createSimulator({ clock, batchTiming: { stageMs: SECOND, operationMs: 0 } })
    client = createClient({ apiKey: DEFAULT_KEY, origin: simulator.url, connections: 2 })
  })
  afterEach(async () => {
    await client.close()
    await simulator.close()
  })

  const add = (name: string, status: 'subscribed' | 'unsubscribed' = 'subscribed') =>
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: `${name}@mail.test`, status })
  const held = (name: string) => simulator.control.contact(DEFAULT_AUDIENCE, `${name}@mail.test`)

  async function submit(plans: Readonly<Record<string, Request>>): Promise<string> {
    const operations = Object.entries(plans).map(([attemptId, plan]) => ({
      attemptId,
      request: requestFor(plan, DEFAULT_AUDIENCE),
    }))
    const submission = await submitBatch(client, operations, NOW)
    if (submission.kind !== 'submitted') throw new Error(submission.detail)
    return submission.batchId
  }

  async function progressOf(batchId: string) {
    const progress = await readBatch(client, batchId, NOW)
    if (progress.kind !== 'read') throw new Error(progress.kind)
    return progress.value
  }

  const outcomes = async (url: string | undefined, plans: Readonly<Record<string, Request>>) =>
    readResults<Outcome>(createDownload(), { url: url ?? '', origin: simulator.url }, (id, reply) => {
      const plan = Object.hasOwn(plans, id) ? plans[id] : undefined
      return plan && classifyWrite(reply, plan, NOW)
    })

  test('gives every operation the outcome that it would have had alone', async () => {
    for (const name of ['ada', 'bob', 'eve']) add(name, name === 'bob' ? 'unsubscribed' : 'subscribed')
    simulator.control.addFault({ match: { batch: true, contact: 'eve@mail.test' }, fault: { edge: 502 } })
    const plans = {
      att_1: update('ada'),
      att_2: upsert('bob'),
      att_3: update('nobody'),
      att_4: upsert('new'),
      att_5: update('eve'),
      att_6: update('ada', { FNAME: 'Ada', NOTAG: 'x' } as { FNAME: string }),
    }
    const batchId = await submit(plans)
    expect(await progressOf(batchId)).toEqual({
      status: 'pending',
      total: 6,
      finished: 0,
      errored: 0,
      resultsUrl: undefined,
    })
    clock.advance(STAGES)
    const { resultsUrl, ...progress } = await progressOf(batchId)
    expect(progress).toEqual({ status: 'finished', total: 6, finished: 6, errored: 2 })
    const results = await outcomes(resultsUrl, plans)
    expect(results.kind === 'read' && Object.fromEntries(results.value)).toMatchObject({
      att_1: { kind: 'delivered', accepted: merging({ FNAME: 'ada' }), dropped: [] },
      att_2: { kind: 'delivered', accepted: merging({ FNAME: 'bob' }) },
      att_3: { kind: 'skipped', because: 'no_such_contact' },
      att_4: { kind: 'delivered', accepted: merging({ FNAME: 'new' }) },
      att_5: { kind: 'retry', cause: 'server_error', ambiguous: true },
      att_6: { kind: 'delivered', accepted: merging({ FNAME: 'Ada' }), dropped: ['merge:NOTAG'] },
    })
    expect([held('bob')?.['status'], held('new')?.['status']]).toEqual(['unsubscribed', 'transactional'])
  })

  test('goes from pending to finished, and is read at each stage', async () => {
    add('ada')
    const batchId = await submit({ att_1: update('ada') })
    const seen = new Set<string>()
    for (let step = 0; step < 100; step++) {
      const { status, resultsUrl } = await progressOf(batchId)
      expect(resultsUrl !== undefined).toBe(status === 'finished')
      seen.add(status)
      clock.advance(SECOND / 4)
    }
    expect([...seen]).toEqual(['pending', 'preprocessing', 'started', 'finalizing', 'finished'])
  })

  test('5,000 results are read from all of their files', async () => {
    const names = Array.from({ length: 5_000 }, (_, n) => `p${n}`)
    for (const name of names) add(name)
    const plans = Object.fromEntries(names.map(name => [`att_${name}`, update(name)]))
    const batchId = await submit(plans)
    clock.advance(MINUTE)
    const results = await outcomes((await progressOf(batchId)).resultsUrl, plans)
    expect(results.kind === 'read' && results.value.size).toBe(5_000)
  })

  test('an address of results that died is told apart, and the next reading gives another one', async () => {
    add('ada')
    const plans = { att_1: update('ada') }
    const batchId = await submit(plans)
    clock.advance(STAGES)
    const first = (await progressOf(batchId)).resultsUrl
    clock.advance(10 * MINUTE)
    expect(await outcomes(first, plans)).toEqual({ kind: 'expired' })
    const second = (await progressOf(batchId)).resultsUrl
    expect(second).not.toBe(first)
    expect(await outcomes(second, plans)).toMatchObject({ kind: 'read' })
  })

  test.each([
    ['cut', { cut: 'mid-answer' }],
    ['short', { truncate: 60 }],
    ['an outage', { status: 503 }],
  ] as const)('results that are %s once are whole the next time', async (_, fault) => {
    add('ada')
    const plans = { att_1: update('ada') }
    const batchId = await submit(plans)
    clock.advance(STAGES)
    const { resultsUrl } = await progressOf(batchId)
    simulator.control.addFault({ match: { kind: 'batch_results.get' }, count: 1, fault })
    expect(await outcomes(resultsUrl, plans)).toMatchObject({ kind: 'retry', cause: 'answer_unreadable' })
    expect(await outcomes(resultsUrl, plans)).toMatchObject({ kind: 'read' })
  })

  test('is gone after seven days, when it was cancelled, and when it never was', async () => {
    add('ada')
    const [old, cancelled] = [await submit({ att_1: update('ada') }), await submit({ att_2: update('ada') })]
    expect(await cancelBatch(client, cancelled, NOW)).toEqual({ kind: 'cancelled' })
    expect(await cancelBatch(client, cancelled, NOW)).toEqual({ kind: 'gone' })
    clock.advance(7 * DAY)
    for (const id of [old, cancelled, 'never', '../lists'])
      expect(await readBatch(client, id, NOW), id).toEqual({ kind: 'gone' })
  })

  test('cancelled in time does not run', async () => {
    add('ada')
    await cancelBatch(client, await submit({ att_1: update('ada') }), NOW)
    clock.advance(STAGES)
    expect(simulator.control.stats()).toMatchObject({ writes_applied: 0 })
  })

  test('over 500 pending ones another is refused, which costs nobody an attempt', async () => {
    const operation: Operation = { attemptId: 'att_1', request: requestFor(update('ada'), DEFAULT_AUDIENCE) }
    for (let n = 0; n < 500; n++) await submitBatch(client, [operation], NOW)
    expect(await submitBatch(client, [operation], NOW)).toMatchObject({
      kind: 'retry',
      cause: 'throttled',
      throttled: true,
      ambiguous: false,
      detail: 'You have more than 500 pending batches.',
    })
  })

  test.each([
    ['a 500', { status: 500 }, { kind: 'retry', cause: 'server_error', ambiguous: true }],
    ['a lost answer', { cut: 'after' }, { kind: 'retry', cause: 'connection_failed', ambiguous: true }],
    ['half an answer', { truncate: 20 }, { kind: 'retry', cause: 'answer_unreadable', ambiguous: true }],
    ['an answer without an id', { body: {} }, { kind: 'retry', cause: 'answer_unreadable', ambiguous: true }],
    ['a page of the edge', { edge: 403 }, { kind: 'retry', cause: 'throttled', ambiguous: false }],
    ['a bad key', { trigger: 'APIKeyInvalid' }, { kind: 'blocked', cause: 'key_invalid' }],
    ['a 404', { status: 404 }, { kind: 'rejected', cause: 'request_refused' }],
  ] as const)('R22 R25: handed in and answered by %s', async (_, fault, trouble) => {
    simulator.control.addFault({ match: { kind: 'batches.post' }, fault })
    const request = requestFor(update('ada'), DEFAULT_AUDIENCE)
    expect(await submitBatch(client, [{ attemptId: 'att_1', request }], NOW)).toMatchObject(trouble)
  })

  test.each([
    [
      'a status that nobody knows',
      { body: { id: '1', status: 'resting' } },
      { kind: 'retry', cause: 'answer_unreadable' },
    ],
    ['no batch', { body: [] }, { kind: 'retry', cause: 'answer_unreadable', ambiguous: false }],
    ['a 404 of somebody else', { status: 404, html: '<html>' }, { kind: 'retry', cause: 'answer_unreadable' }],
    ['a 500', { status: 500 }, { kind: 'retry', cause: 'server_error' }],
    ['a disabled key', { trigger: 'UserDisabled' }, { kind: 'blocked', cause: 'account_disabled' }],
  ] as const)('R25: asked for and answered by %s', async (_, fault, trouble) => {
    simulator.control.addFault({ match: { kind: 'batch.get' }, fault })
    expect(await readBatch(client, 'x', NOW)).toMatchObject(trouble)
  })

  test('counts that are none count as nothing', async () => {
    const body = { status: 'started', total_operations: '5', finished_operations: -1, errored_operations: 1.5 }
    simulator.control.addFault({ match: { kind: 'batch.get' }, fault: { body } })
    expect(await progressOf('x')).toEqual({
      status: 'started',
      total: 0,
      finished: 0,
      errored: 0,
      resultsUrl: undefined,
    })
  })
})

describe('what goes into a batch', () => {
  function recording(): { client: Client; sent: ApiRequest[] } {
    const sent: ApiRequest[] = []
    const reply: Reply = {
      kind: 'answer',
      status: 200,
      json: { id: 'b1' },
      retryAfter: undefined,
      requestId: undefined,
    }
    const send = (request: ApiRequest) => {
      sent.push(request)
      return Promise.resolve(reply)
    }
    return { sent, client: { send, resize: () => undefined, close: () => Promise.resolve() } }
  }

  test('R18 R19 R28: the very requests that would be sent alone, named by their attempts', async () => {
    const { client, sent } = recording()
    const requests = [requestFor(update('ada'), 'a1'), requestFor(upsert('bob'), 'a1')]
    const operations = requests.map((request, n) => ({ attemptId: `att_${n}`, request }))
    expect(await submitBatch(client, operations, NOW)).toEqual({ kind: 'submitted', batchId: 'b1' })
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/batches',
        body: {
          operations: [
            {
              method: 'PATCH',
              path: requests[0]?.path,
              operation_id: 'att_0',
              body: '{"merge_fields":{"FNAME":"ada"}}',
            },
            {
              method: 'PUT',
              path: requests[1]?.path,
              operation_id: 'att_1',
              body: '{"email_address":"bob@mail.test","status_if_new":"transactional","merge_fields":{"FNAME":"bob"}}',
            },
          ],
        },
      },
    ])
    expect(requests[0]?.path).toContain('?skip_merge_validation=true')
  })

  test.each([
    ['a status', { method: 'PATCH', path: '/lists/a/members/b', body: { status: 'subscribed', merge_fields: {} } }],
    ['GET', { method: 'GET', path: '/lists/a/members/b' }],
    ['DELETE', { method: 'DELETE', path: '/lists/a/members/b' }],
    ['POST', { method: 'POST', path: '/lists/a', body: { members: [] } }],
  ] as const)('R19: never %s', async (_, request) => {
    const { client, sent } = recording()
    await expect(submitBatch(client, [{ attemptId: 'att_1', request }], NOW)).rejects.toThrow('att_1 is no operation')
    expect(sent).toEqual([])
  })
})
