import { request as httpRequest } from 'node:http'
import { describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { manualClock } from './clock.ts'
import type { JsonObject } from './json.ts'
import { DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator, type SimulatorOptions, createSimulator } from './simulator.ts'
import { TRIGGERS } from './triggers.ts'

const START = Date.UTC(2026, 0, 1)
const ADA = 'ada@mail.test'
const PATH = `/3.0/lists/${DEFAULT_AUDIENCE}/members/${subscriberHash(ADA)}`

/** A simulator whose time only moves by hand, with one contact. */
async function start(options: SimulatorOptions = {}) {
  const clock = manualClock(START)
  const simulator = await createSimulator({ clock, ...options })
  simulator.control.addContact(DEFAULT_AUDIENCE, { email_address: ADA })
  return { clock, simulator, [Symbol.asyncDispose]: () => simulator.close() }
}

function patch(simulator: Simulator, value: string, signal?: AbortSignal): Promise<Response> {
  return fetch(simulator.url + PATH, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${DEFAULT_KEY}` },
    body: JSON.stringify({ merge_fields: { FNAME: value } }),
    ...(signal ? { signal } : {}),
  })
}

function nameOf(simulator: Simulator): unknown {
  return (simulator.control.contact(DEFAULT_AUDIENCE, ADA)?.['merge_fields'] as JsonObject)['FNAME']
}

/** Resolves when the server has seen that clients went away; there is no event for it on this side. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setImmediate(resolve))
}

describe('authentication', () => {
  const basic = (user: string, key: string) => `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`
  test.each([
    ['Bearer', { authorization: `Bearer ${DEFAULT_KEY}` }, 200, undefined],
    ['Basic with any user', { authorization: basic('anything', DEFAULT_KEY) }, 200, undefined],
    ['nothing', {}, 401, 'API Key Missing'],
    ['an unknown key', { authorization: 'Bearer ffffffffffffffffffffffffffffffff-us6' }, 401, 'API Key Invalid'],
    [
      'the suffix of another data centre',
      { authorization: `Bearer ${DEFAULT_KEY.replace('us6', 'us7')}` },
      401,
      'API Key Invalid',
    ],
    [
      'the host of another data centre',
      { authorization: `Bearer ${DEFAULT_KEY}`, host: 'us7.api.mailchimp.com' },
      401,
      'API Key Invalid',
    ],
    [
      'the host of the right data centre',
      { authorization: `Bearer ${DEFAULT_KEY}`, host: 'us6.api.mailchimp.com' },
      200,
      undefined,
    ],
  ])('%s', async (_name, headers, status, title) => {
    await using world = await start()
    const answer = await rawGet(`${world.simulator.url}/3.0/ping`, headers)
    expect([answer.status, answer.body['title']]).toEqual([status, title])
    expect(answer.requestId).toBe(answer.body['instance'] ?? answer.requestId)
  })

  test.each([
    ['disabled', 401, 'API key has been disabled'],
    ['deactivated', 403, 'This account has been deactivated.'],
    ['api_disabled', 403, 'API Access has been disabled for this account. Please contact customer support.'],
    ['unpaid', 402, 'This account has an unpaid balance.'],
  ] as const)('a key that is %s', async (state, status, detail) => {
    await using world = await start()
    world.simulator.control.setKeyState(DEFAULT_KEY, state)
    const answer = await rawGet(`${world.simulator.url}/3.0/ping`, { authorization: `Bearer ${DEFAULT_KEY}` })
    expect([answer.status, answer.body['detail']]).toEqual([status, detail])
  })

  test('a key in the query that differs from the header', async () => {
    await using world = await start()
    const answer = await rawGet(`${world.simulator.url}/3.0/ping?apikey=x-us6`, {
      authorization: `Bearer ${DEFAULT_KEY}`,
    })
    expect(answer.body['detail']).toContain('not consistent with the Authorization header')
  })

  test('another account does not see an audience that is not its own', async () => {
    const keys = [DEFAULT_KEY, 'b'.repeat(32) + '-us2']
    await using world = await start({ keys, audiences: [DEFAULT_AUDIENCE, { id: 'f00', account: keys[1] ?? '' }] })
    const get = (key: string) => rawGet(`${world.simulator.url}/3.0/lists/f00`, { authorization: `Bearer ${key}` })
    expect([(await get(keys[0] ?? '')).status, (await get(keys[1] ?? '')).status]).toEqual([404, 200])
  })
})

describe('on demand', () => {
  test.each(Object.entries(TRIGGERS))('X-Trigger-Error: %s', async (name, { status, title }) => {
    await using world = await start()
    const headers = { authorization: `Bearer ${DEFAULT_KEY}`, 'x-trigger-error': name }
    const answer = await rawGet(`${world.simulator.url}/3.0/ping`, headers)
    expect([answer.status, answer.body['title']]).toEqual([status, title])
  })

  test('an address asks for its failure', async () => {
    await using world = await start()
    const answer = await fetch(`${world.simulator.url}/3.0/lists/${DEFAULT_AUDIENCE}/members`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEFAULT_KEY}` },
      body: JSON.stringify({ email_address: 'ada+trigger-TooManyRequests@mail.test', status: 'subscribed' }),
    })
    expect(answer.status).toBe(429)
  })
})

describe('the ten connections', () => {
  test('the eleventh request inside gets a 429, and a slot is free again after an answer', async () => {
    await using world = await start({ latencyMs: 300 })
    const { simulator, clock } = world
    const ten = Array.from({ length: 10 }, (_, at) => patch(simulator, `v${at}`))
    await simulator.control.arrived(10)
    const eleventh = await patch(simulator, 'late')
    expect(await eleventh.json()).toMatchObject({
      title: 'TooManyRequests',
      status: 429,
      detail: 'You have exceeded the limit of 10 simultaneous connections.',
    })
    clock.advance(300)
    expect((await Promise.all(ten)).map(answer => answer.status)).toEqual(Array(10).fill(200))
    expect(simulator.control.inFlight()).toBe(0)
    expect(simulator.control.stats()).toMatchObject({
      calls: 11,
      max_in_flight: 11,
      answers_429: 1,
      writes_applied: 10,
    })
  })

  test('accounts do not share connections, keys of one account do', async () => {
    const keys = [DEFAULT_KEY, 'b'.repeat(32) + '-us2', { key: 'c'.repeat(32) + '-us6', account: DEFAULT_KEY }]
    await using world = await start({ latencyMs: 300, connectionLimit: 1, keys })
    const { simulator, clock } = world
    const ping = (key: string) => fetch(`${simulator.url}/3.0/ping`, { headers: { authorization: `Bearer ${key}` } })
    const first = ping(DEFAULT_KEY)
    await simulator.control.arrived(1)
    const same = await ping('c'.repeat(32) + '-us6')
    const other = ping('b'.repeat(32) + '-us2')
    await simulator.control.arrived(3)
    clock.advance(300)
    expect([(await first).status, same.status, (await other).status]).toEqual([200, 429, 200])
  })

  test('a client that goes away keeps its slot, and its write is applied at its time', async () => {
    await using world = await start({ latencyMs: 5000, connectionLimit: 1 })
    const { simulator, clock } = world
    const gone = new AbortController()
    const answer = patch(simulator, 'late', gone.signal)
    await simulator.control.arrived(1)
    gone.abort()
    await expect(answer).rejects.toThrow()
    clock.advance(4999)
    expect((await patch(simulator, 'refused')).status).toBe(429)
    expect(nameOf(simulator)).toBe('')
    clock.advance(1)
    expect([nameOf(simulator), simulator.control.inFlight()]).toEqual(['late', 0])
    const [first] = simulator.control.requests()
    expect(first).toMatchObject({ n: 1, arrived_at: START, applied_at: START + 5000 })
  })

  test('a request that hangs gives its slot back some time after its client left', async () => {
    await using world = await start({ slotHoldMs: 60_000 })
    const { simulator, clock } = world
    simulator.control.addFault({ fault: { stall: true } })
    const gone = new AbortController()
    const answer = patch(simulator, 'never', gone.signal)
    await simulator.control.arrived(1)
    const before = clock.now()
    gone.abort()
    await expect(answer).rejects.toThrow()
    await until(() => simulator.control.inFlight() === 1)
    // The server learns of the abort in its own time; the hold counts from there.
    while (simulator.control.inFlight() === 1) {
      await new Promise(resolve => setImmediate(resolve))
      clock.advance(1000)
    }
    expect(clock.now() - before).toBeGreaterThanOrEqual(60_000)
    expect(nameOf(simulator)).toBe('')
  })

  test('a request that hangs while its client waits ends after 120 seconds, slot and all', async () => {
    await using world = await start()
    const { simulator, clock } = world
    simulator.control.addFault({ fault: { stall: true } })
    const answer = patch(simulator, 'never')
    await simulator.control.arrived(1)
    clock.advance(120_000)
    expect([(await answer).status, simulator.control.inFlight(), nameOf(simulator)]).toEqual([502, 0, ''])
  })

  test('after 120 seconds the network answers for Mailchimp, and the work still ends', async () => {
    await using world = await start()
    const { simulator, clock } = world
    simulator.control.addFault({ fault: { delay_ms: 130_000 } })
    const answer = patch(simulator, 'slow')
    await simulator.control.arrived(1)
    clock.advance(120_000)
    expect([(await answer).status, (await answer).headers.get('content-type')]).toEqual([502, 'text/html'])
    expect(nameOf(simulator)).toBe('')
    clock.advance(10_000)
    expect(nameOf(simulator)).toBe('slow')
  })
})

test('last_changed moves when something changed, and with any tag that is named', async () => {
  await using world = await start()
  const { simulator, clock } = world
  const lastChanged = () => simulator.control.contact(DEFAULT_AUDIENCE, ADA)?.['last_changed']
  const tags = (sent: readonly unknown[]) =>
    fetch(`${simulator.url}${PATH}/tags`, {
      method: 'POST',
      headers: { authorization: `Bearer ${DEFAULT_KEY}` },
      body: JSON.stringify({ tags: sent }),
    })
  const steps: readonly (readonly [step: () => Promise<Response>, moves: boolean])[] = [
    [() => patch(simulator, 'Ada'), true],
    [() => patch(simulator, 'Ada'), false],
    [() => tags([]), false],
    [() => tags([{ name: 'x', status: 'active' }]), true],
    [() => tags([{ name: 'x', status: 'active' }]), true],
  ]
  for (const [step, moves] of steps) {
    const before = lastChanged()
    clock.advance(1000)
    await step()
    expect(lastChanged() !== before).toBe(moves)
  }
})

test('latency is drawn from its range, the same way for the same seed', async () => {
  const times = async () => {
    await using world = await start({ latencyMs: [100, 500], seed: 3 })
    const { simulator, clock } = world
    for (let at = 1; at <= 5; at += 1) {
      const answer = patch(simulator, 'x')
      await simulator.control.arrived(at)
      clock.advance(500)
      await answer
    }
    return simulator.control.requests().map(({ arrived_at, answered_at }) => (answered_at ?? 0) - arrived_at)
  }
  const first = await times()
  expect(first).toEqual(await times())
  expect(new Set(first).size).toBe(5)
  expect(first.every(ms => ms >= 100 && ms <= 500)).toBe(true)
})

type RawAnswer = Readonly<{ status: number; body: JsonObject; requestId: unknown }>

/** `fetch` does not let a test choose the host header. */
function rawGet(url: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { headers, agent: false }, answer => {
      let text = ''
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
      answer.on('end', () => {
        const body = JSON.parse(text) as JsonObject
        resolve({ status: answer.statusCode ?? 0, body, requestId: answer.headers['x-request-id'] })
      })
    })
    request.once('error', reject)
    request.end()
  })
}
