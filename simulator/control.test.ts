import { spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from './json.ts'
import { readOptions } from './main.ts'
import { createRequestLog } from './request-log.ts'
import { freshSimulator } from '../test/fresh-simulator.ts'
import { DEFAULT_AUDIENCE, DEFAULT_KEY } from './simulator.ts'

const ADA = 'ada@mail.test'

const simulator = freshSimulator()

async function own(
  method: string,
  path: string,
  body?: unknown,
): Promise<Readonly<{ status: number; body: JsonObject }>> {
  const answer = await fetch(`${simulator.url}/_simulator/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as JsonObject }
}

async function api(method: string, path: string, body?: unknown): Promise<number> {
  const answer = await fetch(`${simulator.url}/3.0${path}`, {
    method,
    headers: { authorization: `Bearer ${DEFAULT_KEY}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return answer.status
}

describe('/_simulator', () => {
  test('requests, in the promised shape', async () => {
    const path = `/lists/${DEFAULT_AUDIENCE}/members`
    await api('POST', path, { email_address: ADA, status: 'subscribed' })
    await api('GET', `${path}?count=1`)
    const { body } = await own('GET', 'requests')
    expect(body['requests']).toEqual([
      {
        n: 1,
        method: 'POST',
        path: `/3.0${path}`,
        body: { email_address: ADA, status: 'subscribed' },
        status: 200,
        arrived_at: expect.any(Number) as number,
        answered_at: expect.any(Number) as number,
        applied_at: expect.any(Number) as number,
        kind: 'members.post',
        fault: null,
      },
      expect.objectContaining({ n: 2, method: 'GET', body: null, applied_at: null }),
    ])
    expect((await own('GET', 'requests?since=1')).body['requests']).toHaveLength(1)
    expect((await own('GET', 'stats')).body).toEqual({
      calls: 2,
      by_kind: { 'members.get': 1, 'members.post': 1 },
      max_in_flight: 1,
      answers_429: 0,
      writes_applied: 1,
      batch_operations: 0,
    })
  })

  test.each([
    ['unsubscribe', 'unsubscribed', 400],
    ['complain', 'unsubscribed', 400],
    ['clean', 'cleaned', 400],
    ['review', 'subscribed', 200],
    ['archive', 'archived', 200],
  ])('a person: %s', async (action, status, resubscribe) => {
    await own('POST', `contacts/${DEFAULT_AUDIENCE}/${ADA}`, { status: 'subscribed' })
    expect((await own('POST', `contacts/${DEFAULT_AUDIENCE}/${ADA}`, { action })).body['status']).toBe(status)
    const path = `/lists/${DEFAULT_AUDIENCE}/members/${encodeURIComponent(ADA)}`
    expect(await api('PATCH', path, { status: 'subscribed' })).toBe(resubscribe)
  })

  test.each([
    ['forget', 400],
    ['remove', 200],
  ])('%s: the contact is gone, and adding it again is answered with %i', async (action, then) => {
    const path = `contacts/${DEFAULT_AUDIENCE}/${ADA}`
    await own('POST', path, {})
    await own('POST', path, { action })
    expect((await own('GET', path)).status).toBe(404)
    const body = { email_address: ADA, status: 'subscribed' }
    expect(await api('POST', `/lists/${DEFAULT_AUDIENCE}/members`, body)).toBe(then)
  })

  test('faults, latency, keys, audiences, behaviour, reset', async () => {
    const made = await own('POST', 'faults', { match: { kind: 'ping.get' }, count: 1, fault: { status: 500 } })
    expect(made.body['ids']).toHaveLength(1)
    expect([await api('GET', '/ping'), await api('GET', '/ping')]).toEqual([500, 200])
    await own('POST', 'faults', { fault: { status: 500 } })
    await own('DELETE', 'faults')
    expect((await own('GET', 'faults')).body).toEqual({ faults: [] })
    await own('POST', 'latency', { ms: [0, 1] })
    await own('POST', 'keys', { key: DEFAULT_KEY, state: 'deactivated' })
    expect(await api('GET', '/ping')).toBe(403)
    await own('POST', 'audiences/f00d', { name: 'Second', contacts: [{ email_address: ADA }] })
    expect((await own('GET', 'contacts/f00d')).body['contacts']).toHaveLength(1)
    await own('DELETE', `audiences/${DEFAULT_AUDIENCE}`)
    await own('POST', 'reset')
    expect([await api('GET', '/ping'), await api('GET', '/lists/f00d')]).toEqual([200, 404])
    expect((await own('GET', 'stats')).body['calls']).toBe(2)
  })

  test.each([
    ['faults', { fault: { statsu: 500 } }, 'fault.statsu'],
    ['faults', { match: { kin: 'x' }, fault: {} }, 'match.kin'],
    ['faults', { rate: 2, fault: { cut: 'now' } }, 'fault.cut must be one of before, after, mid-answer, not "now".'],
    ['faults', { rate: 2, fault: {} }, 'rate must be a share'],
    ['faults', {}, 'fault'],
    ['latency', { ms: 'slow' }, '"ms"'],
    ['behaviour', { manyCompliance: 'maybe' }, 'manyCompliance'],
    ['behaviour', { nonsense: true }, 'nonsense'],
    ['keys', { key: 'x-us6', state: 'tired' }, 'state must be one of active'],
    [`contacts/${DEFAULT_AUDIENCE}/${ADA}`, { action: 'dance' }, '"dance" is no action'],
  ])('POST %s %j is refused', async (path, sent, message) => {
    const { status, body } = await own('POST', path, sent)
    expect(status).toBe(400)
    expect(body['error']).toContain(message)
  })

  test('anything else is not there', async () => {
    expect((await own('GET', 'nothing')).status).toBe(404)
    expect((await fetch(`${simulator.url}/elsewhere`)).status).toBe(404)
  })
})

test('the log keeps the newest requests and no more than its limit', () => {
  const log = createRequestLog(100)
  const start = { kind: 'ping.get', account: undefined, method: 'GET', path: '/3.0/ping', arrivedAt: 0 }
  for (let at = 0; at < 1000; at += 1) log.open(start)
  expect(log.entries().at(-1)?.n).toBe(1000)
  expect(log.entries().length).toBeLessThanOrEqual(110)
})

describe('the command', () => {
  test('reads its options', () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'))
    const state = join(folder, 'state.json')
    writeFileSync(state, JSON.stringify({ audiences: [{ id: 'f00d', merge_fields: [{ tag: 'NEWS', type: 'text' }] }] }))
    const argv = ['--port', '0', '--latency', '100-500', '--key', DEFAULT_KEY, '--audience', 'abc', '--state', state]
    expect(readOptions([...argv, '--allow-example-addresses'])).toEqual({
      port: 0,
      latencyMs: [100, 500],
      keys: [DEFAULT_KEY],
      audiences: ['abc', { id: 'f00d', merge_fields: [{ tag: 'NEWS', type: 'text' }] }],
      allowExampleAddresses: true,
    })
    expect(readOptions([])).toMatchObject({ keys: [DEFAULT_KEY], audiences: [DEFAULT_AUDIENCE], latencyMs: 0 })
  })

  test.each([
    [['--port', '80a'], '--port'],
    [['--latency', '500-100'], '--latency'],
    [['--key', 'nodatacentre'], '--key'],
    [['--nonsense'], '--nonsense'],
  ])('%j is an error that names it', (argv, name) => {
    expect(() => readOptions(argv)).toThrow(name)
  })

  test('says where it listens in one line, and leaves with 0 on SIGTERM', async () => {
    const loader = new URL('../scripts/typescript.mjs', import.meta.url).pathname
    const main = new URL('main.ts', import.meta.url).pathname
    const child = spawn(process.execPath, ['--import', loader, main, '--key', DEFAULT_KEY], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const ready = JSON.parse(String(line)) as JsonObject
    expect(ready).toEqual({ event: 'listening', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string })
    const ping = await fetch(`${ready['url'] as string}/3.0/ping`, {
      headers: { authorization: `Bearer ${DEFAULT_KEY}` },
    })
    expect(await ping.json()).toEqual({ health_status: "Everything's Chimpy!" })
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
