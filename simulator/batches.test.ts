import { gunzipSync } from 'node:zlib'
import { extract } from 'tar-stream'
import { beforeEach, describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { type ManualClock, manualClock } from './clock.ts'
import type { JsonObject } from './json.ts'
import { DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator, createSimulator } from './simulator.ts'

type Result = Readonly<{ status_code: number; operation_id: string; response: string }>

const MINUTE = 60_000

async function api(simulator: Simulator, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${simulator.url}/3.0${path}`, {
    method,
    headers: { authorization: `Bearer ${DEFAULT_KEY}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as JsonObject }
}

/** The files of a results archive with what they hold. */
async function unpack(url: unknown): Promise<Readonly<Record<string, readonly Result[]>>> {
  const answer = await fetch(url as string)
  const files: Record<string, readonly Result[]> = {}
  const archive = extract()
  archive.end(gunzipSync(Buffer.from(await answer.arrayBuffer())))
  for await (const entry of archive) {
    let text = ''
    for await (const chunk of entry) text += String(chunk)
    if (entry.header.type === 'file') files[entry.header.name] = JSON.parse(text) as readonly Result[]
  }
  return files
}

const patchOf = (at: number) => ({
  method: 'PATCH',
  path: `/lists/${DEFAULT_AUDIENCE}/members/${subscriberHash(`p${at}@mail.test`)}?skip_merge_validation=true`,
  operation_id: `op-${at}`,
  body: JSON.stringify({ merge_fields: { FNAME: `n${at}` } }),
})

describe('POST /batches', () => {
  let clock: ManualClock
  beforeEach(() => {
    clock = manualClock(Date.UTC(2026, 0, 1))
  })
  const start = () => createSimulator({ clock, batchTiming: { stageMs: 1000, operationMs: 0 } })

  test('goes from stage to stage, runs in no promised order and packs its results in several files', async () => {
    await using simulator = await start()
    for (let at = 0; at < 9; at += 1)
      simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: `p${at}@mail.test` })
    const operations = Array.from({ length: 10 }, (_, at) => patchOf(at))
    const { body } = await api(simulator, 'POST', '/batches', { operations })
    const states = [body['status']]
    let last = body
    for (let at = 0; at < 6 && last['status'] !== 'finished'; at += 1) {
      clock.advance(1000)
      last = (await api(simulator, 'GET', `/batches/${body['id'] as string}`)).body
      if (states.at(-1) !== last['status']) states.push(last['status'])
    }
    expect(states).toEqual(['pending', 'preprocessing', 'started', 'finalizing', 'finished'])
    expect(last).toMatchObject({ total_operations: 10, finished_operations: 10, errored_operations: 1 })

    const files = Object.values(await unpack(last['response_body_url']))
    expect(files.length).toBeGreaterThan(1)
    const results = files.flat()
    expect(results.map(result => result.operation_id)).not.toEqual(operations.map(operation => operation.operation_id))
    const absent = results.find(result => result.operation_id === 'op-9')
    expect(absent?.status_code).toBe(404)
    expect(JSON.parse(absent?.response ?? '')).toMatchObject({ title: 'Resource Not Found' })
    expect(simulator.control.contact(DEFAULT_AUDIENCE, 'p3@mail.test')?.['merge_fields']).toMatchObject({ FNAME: 'n3' })
    expect(simulator.control.stats()).toMatchObject({ writes_applied: 9, batch_operations: 10 })
  })

  test('the address of the results dies after ten minutes, and a new look gives a new one', async () => {
    await using simulator = await start()
    const { body } = await api(simulator, 'POST', '/batches', { operations: [{ method: 'GET', path: 'ping' }] })
    clock.advance(6000)
    const look = async () => (await api(simulator, 'GET', `/batches/${body['id'] as string}`)).body['response_body_url']
    const first = await look()
    clock.advance(10 * MINUTE)
    const dead = await fetch(first as string)
    expect([dead.status, (await dead.text()).includes('<Code>ExpiredToken</Code>')]).toEqual([400, true])
    const second = await look()
    expect(second).not.toBe(first)
    expect(Object.values(await unpack(second)).flat()).toHaveLength(1)
    clock.advance(8 * 24 * 60 * MINUTE)
    expect((await api(simulator, 'GET', `/batches/${body['id'] as string}`)).status).toBe(404)
  })

  test.each([
    ['a key', (url: string) => fetch(url, { headers: { authorization: `Bearer ${DEFAULT_KEY}` } }), 400],
    ['another signature', (url: string) => fetch(`${url}0`), 403],
    ['another name', (url: string) => fetch(url.replace('-response', '0-response')), 404],
  ])('the results do not open with %s', async (_name, open, status) => {
    await using simulator = await start()
    const { body } = await api(simulator, 'POST', '/batches', { operations: [{ method: 'GET', path: '/ping' }] })
    clock.advance(6000)
    const done = await api(simulator, 'GET', `/batches/${body['id'] as string}`)
    expect((await open(done.body['response_body_url'] as string)).status).toBe(status)
  })

  test('with the batch go its results', async () => {
    await using simulator = await start()
    const { body } = await api(simulator, 'POST', '/batches', { operations: [{ method: 'GET', path: '/ping' }] })
    clock.advance(6000)
    const path = `/batches/${body['id'] as string}`
    const url = (await api(simulator, 'GET', path)).body['response_body_url'] as string
    expect((await fetch(url)).status).toBe(200)
    await api(simulator, 'DELETE', path)
    expect([(await api(simulator, 'GET', path)).status, (await fetch(url)).status]).toEqual([404, 404])
  })

  test('what is deleted half-way stays done as far as it was', async () => {
    await using simulator = await createSimulator({ clock, batchTiming: { stageMs: 1000, operationMs: 1000 } })
    for (const name of ['p1', 'p2'])
      simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: `${name}@mail.test` })
    const { body } = await api(simulator, 'POST', '/batches', { operations: [patchOf(1), patchOf(2)] })
    clock.advance(3000)
    await api(simulator, 'DELETE', `/batches/${body['id'] as string}`)
    clock.advance(60_000)
    expect(simulator.control.stats()).toMatchObject({ writes_applied: 1 })
  })

  test('a queue that stands keeps every batch where it is, until it moves again', async () => {
    await using simulator = await start()
    simulator.control.setBehaviour({ batchQueue: 'stands' })
    const { body } = await api(simulator, 'POST', '/batches', { operations: [{ method: 'GET', path: '/ping' }] })
    const status = async () => (await api(simulator, 'GET', `/batches/${body['id'] as string}`)).body['status']
    clock.advance(60 * MINUTE)
    expect(await status()).toBe('pending')
    simulator.control.setBehaviour({ batchQueue: 'moves' })
    clock.advance(6000)
    expect(await status()).toBe('finished')
  })

  test.each([
    [{ status: 503 }, 503],
    [{ truncate: 10 }, 10],
    [{ cut: 'mid-answer' }, 'broken'],
  ] as const)('a fault can be put on the results: %j', async (fault, left) => {
    await using simulator = await start()
    const { body } = await api(simulator, 'POST', '/batches', { operations: [{ method: 'GET', path: '/ping' }] })
    clock.advance(6000)
    const done = await api(simulator, 'GET', `/batches/${body['id'] as string}`)
    simulator.control.addFault({ match: { kind: 'batch_results.get' }, count: 1, fault })
    const answer = await fetch(done.body['response_body_url'] as string)
    const size = await answer.arrayBuffer().then(
      bytes => bytes.byteLength,
      () => 'broken',
    )
    expect(answer.status === 200 ? size : answer.status).toBe(left)
    expect(Object.values(await unpack(done.body['response_body_url'])).flat()).toHaveLength(1)
  })

  test('one at a time', async () => {
    await using simulator = await start()
    const operations = [{ method: 'GET', path: '/ping' }]
    await api(simulator, 'POST', '/batches', { operations })
    const second = await api(simulator, 'POST', '/batches', { operations })
    clock.advance(3500)
    expect((await api(simulator, 'GET', `/batches/${second.body['id'] as string}`)).body['status']).toBe('pending')
    clock.advance(6000)
    expect((await api(simulator, 'GET', `/batches/${second.body['id'] as string}`)).body['status']).toBe('finished')
  })

  test('a deleted batch does not run, and the next one does', async () => {
    await using simulator = await start()
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: 'p1@mail.test' })
    const first = await api(simulator, 'POST', '/batches', { operations: [patchOf(1)] })
    const second = await api(simulator, 'POST', '/batches', { operations: [{ method: 'GET', path: '/ping' }] })
    expect((await api(simulator, 'DELETE', `/batches/${first.body['id'] as string}`)).status).toBe(204)
    clock.advance(10_000)
    expect((await api(simulator, 'GET', `/batches/${second.body['id'] as string}`)).body['status']).toBe('finished')
    expect(simulator.control.stats()).toMatchObject({ writes_applied: 0 })
  })

  test('not more than 500 pending', async () => {
    await using simulator = await start()
    const operations = [{ method: 'GET', path: '/ping' }]
    for (let at = 0; at < 500; at += 1) await api(simulator, 'POST', '/batches', { operations })
    const { status, body } = await api(simulator, 'POST', '/batches', { operations })
    expect([status, body['detail']]).toEqual([429, 'You have more than 500 pending batches.'])
  })

  test.each([
    [{}, '', 'Required fields were not provided: operations'],
    [{ operations: [{ path: '/ping' }] }, 'operations.item:0', 'Required fields were not provided: method'],
    [
      { operations: [{ method: 'POST', path: '/ping', body: {} }] },
      'operations.item:0.body',
      'Schema describes string, object found instead',
    ],
  ])('%j is refused', async (sent, field, message) => {
    await using simulator = await start()
    const { status, body } = await api(simulator, 'POST', '/batches', sent)
    expect([status, body['errors']]).toEqual([400, [{ field, message }]])
  })

  test('a fault can be put on an operation', async () => {
    await using simulator = await start()
    simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: 'p1@mail.test' })
    simulator.control.addFault({ match: { batch: true, contact: 'p1@mail.test' }, fault: { status: 500 } })
    const { body } = await api(simulator, 'POST', '/batches', { operations: [patchOf(1)] })
    clock.advance(6000)
    const done = await api(simulator, 'GET', `/batches/${body['id'] as string}`)
    expect(done.body).toMatchObject({ status: 'finished', errored_operations: 1 })
  })
})
