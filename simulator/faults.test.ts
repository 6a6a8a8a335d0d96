import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { subscriberHash } from './addresses.ts'
import { manualClock } from './clock.ts'
import type { FaultRule } from './faults.ts'
import type { JsonObject } from './json.ts'
import { DEFAULT_AUDIENCE, DEFAULT_KEY, type Simulator, createSimulator } from './simulator.ts'

const ADA = 'ada@mail.test'
const GRACE = 'grace@mail.test'
const clock = manualClock(Date.UTC(2026, 0, 1))

let simulator: Simulator
beforeAll(async () => {
  simulator = await createSimulator({ clock })
})
beforeEach(() => {
  simulator.control.reset()
  for (const email_address of [ADA, GRACE]) simulator.control.addContact(DEFAULT_AUDIENCE, { email_address })
})
afterAll(() => simulator.close())

type Seen = Readonly<{ status: number; type: string; text: string }>

/** What a client sees of one PATCH: an answer, or status 0 for a broken connection. */
async function patch(name = subscriberHash(ADA)): Promise<Seen> {
  try {
    const answer = await fetch(`${simulator.url}/3.0/lists/${DEFAULT_AUDIENCE}/members/${name}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${DEFAULT_KEY}` },
      body: JSON.stringify({ merge_fields: { FNAME: 'written' } }),
    })
    return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() }
  } catch {
    return { status: 0, type: '', text: '' }
  }
}

function isWritten(address = ADA): boolean {
  const fields = simulator.control.contact(DEFAULT_AUDIENCE, address)?.['merge_fields'] as JsonObject
  return fields['FNAME'] === 'written'
}

const statusesOf = async (times: number) => {
  const statuses: number[] = []
  for (let at = 0; at < times; at += 1) statuses.push((await patch()).status)
  return statuses
}

describe('what the client sees, and whether the write is applied', () => {
  const PROBLEM = 'application/problem+json; charset=utf-8'
  test.each<readonly [fault: FaultRule['fault'], status: number, type: string, text: string, written: boolean]>([
    [{ status: 500 }, 500, PROBLEM, '"title":"InternalServerError"', false],
    [{ status: 400, title: 'Odd', detail: 'Very odd.' }, 400, PROBLEM, '"detail":"Very odd."', false],
    [{ status: 503, apply: true }, 503, PROBLEM, '"title":"Compliance Related"', true],
    [{ trigger: 'UserDisabled' }, 403, PROBLEM, 'This account has been deactivated.', false],
    [{ edge: 403 }, 403, 'text/html', 'Access Denied', false],
    [{ edge: 429 }, 429, 'text/html', '', false],
    [{ edge: 502 }, 502, 'text/html', 'Bad Gateway', false],
    [{ edge: 503 }, 503, 'application/json; charset=utf-8', 'akamai_error_message', false],
    [{ status: 400, html: '<H1>Bad Request</H1>' }, 400, 'text/html', '<H1>Bad Request</H1>', false],
    [{ body: {} }, 200, 'application/json; charset=utf-8', '{}', false],
    [{ cut: 'before' }, 0, '', '', false],
    [{ cut: 'after' }, 0, '', '', true],
    [{ cut: 'mid-answer' }, 0, '', '', true],
    [{ truncate: 20 }, 200, 'application/json; charset=utf-8', '{"id":"', true],
  ])('%j', async (fault, status, type, text, written) => {
    const id = simulator.control.addFault({ fault })
    const seen = await patch()
    expect([seen.status, seen.type]).toEqual([status, type])
    expect(seen.text).toContain(text)
    expect(isWritten()).toBe(written)
    const [logged] = simulator.control.requests()
    expect(logged).toMatchObject({ fault: id, applied_at: written ? clock.now() : null })
    expect(simulator.control.inFlight()).toBe(0)
  })

  test.each<readonly [fault: FaultRule['fault'], status: number]>([
    [{ apply_late_ms: 5000 }, 0],
    [{ status: 504, apply_late_ms: 5000 }, 504],
  ])('%j is applied after the client got its failure, and holds its slot until then', async (fault, status) => {
    simulator.control.addFault({ fault, count: 1 })
    expect((await patch()).status).toBe(status)
    expect([isWritten(), simulator.control.inFlight()]).toEqual([false, 1])
    clock.advance(5000)
    expect([isWritten(), simulator.control.inFlight()]).toEqual([true, 0])
    expect(simulator.control.requests()[0]?.applied_at).toBe(clock.now())
  })

  test('headers are added', async () => {
    simulator.control.addFault({ fault: { status: 429, headers: { 'Retry-After': '30' } } })
    const answer = await fetch(`${simulator.url}/3.0/ping`, { headers: { authorization: `Bearer ${DEFAULT_KEY}` } })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '30'])
  })
})

describe('which requests are hit', () => {
  const fault = { status: 500 }
  test('count and after', async () => {
    simulator.control.addFault({ fault, after: 1, count: 2 })
    expect(await statusesOf(5)).toEqual([200, 500, 500, 200, 200])
  })

  test('rules in order, the first that fires takes the request', async () => {
    simulator.control.addFault({ fault: { status: 502 }, count: 1 })
    simulator.control.addFault({ fault: { status: 503 }, count: 2 })
    expect(await statusesOf(4)).toEqual([502, 503, 503, 200])
  })

  test('a rate repeats with its seed', async () => {
    const run = async (seed: number) => {
      simulator.control.clearFaults()
      simulator.control.addFault({ fault, rate: 0.5, seed })
      return statusesOf(20)
    }
    const first = await run(1)
    expect(await run(1)).toEqual(first)
    expect(await run(2)).not.toEqual(first)
    expect(first.filter(status => status === 500).length).toBeGreaterThan(4)
  })

  test.each([
    [{ method: 'patch' }, true],
    [{ method: 'PUT' }, false],
    [{ contact: ADA }, true],
    [{ contact: subscriberHash(ADA) }, true],
    [{ contact: GRACE }, false],
    [{ kind: 'member.patch' }, true],
    [{ kind: 'ping.get' }, false],
    [{ path: `/lists/${DEFAULT_AUDIENCE}` }, true],
    [{ path_pattern: 'members/[0-9a-f]{32}$' }, true],
    [{ path_pattern: '^/ping' }, false],
    [{ body: 'FNAME' }, true],
    [{ account: 'somebody else' }, false],
    [{ batch: true }, false],
  ])('%j', async (match, hit) => {
    simulator.control.addFault({ match, fault })
    expect((await patch()).status).toBe(hit ? 500 : 200)
  })

  const contactId = (address: string) => simulator.control.contact(DEFAULT_AUDIENCE, address)?.['contact_id'] as string
  const NAMES: Readonly<Record<string, (address: string) => string>> = {
    hash: subscriberHash,
    address: address => address,
    'address in upper case': address => address.toUpperCase(),
    'contact id': contactId,
  }
  const PAIRS = Object.keys(NAMES).flatMap(rule => Object.keys(NAMES).map(path => [rule, path] as const))
  test.each(PAIRS)('a rule for the %s of a contact hits a path with its %s, and nobody else', async (rule, path) => {
    simulator.control.addFault({ match: { contact: NAMES[rule]?.(ADA) ?? '' }, fault })
    expect((await patch(NAMES[path]?.(ADA))).status).toBe(500)
    expect((await patch(NAMES[path]?.(GRACE))).status).toBe(200)
  })

  test('a rule for a contact id follows the contact to another address, one for the address stays behind', async () => {
    simulator.control.addFault({ match: { contact: contactId(ADA) }, count: 2, fault })
    simulator.control.addFault({ match: { contact: ADA }, fault: { status: 503 } })
    simulator.control.act(DEFAULT_AUDIENCE, ADA, { do: 'rename', to: 'new@mail.test' })
    expect((await patch(subscriberHash('new@mail.test'))).status).toBe(500)
    expect((await patch(contactId('new@mail.test'))).status).toBe(500)
    expect((await patch(contactId('new@mail.test'))).status).toBe(200)
    expect((await patch(subscriberHash(ADA))).status).toBe(503)
  })

  test('a rule for a contact hits a call for many that names it anywhere', async () => {
    simulator.control.addFault({ match: { contact: contactId(ADA) }, fault })
    const send = (...addresses: readonly string[]) =>
      fetch(`${simulator.url}/3.0/lists/${DEFAULT_AUDIENCE}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${DEFAULT_KEY}` },
        body: JSON.stringify({ members: addresses.map(email_address => ({ email_address })) }),
      })
    expect([(await send(GRACE, 'else@mail.test', ADA)).status, (await send(GRACE)).status]).toEqual([500, 200])
  })

  test.each(Object.entries(NAMES))('a late write by the %s goes to the contact of that name then', async (name, of) => {
    simulator.control.addFault({ count: 1, fault: { stall: true, apply_late_ms: 5000 } })
    const gone = patch(of(ADA))
    await simulator.control.arrived(1)
    simulator.control.act(DEFAULT_AUDIENCE, ADA, { do: 'rename', to: 'new@mail.test' })
    clock.advance(120_000)
    expect((await gone).status).toBe(502)
    expect(isWritten('new@mail.test')).toBe(name === 'contact id')
  })

  test('a fault is taken away again', async () => {
    const id = simulator.control.addFault({ fault })
    await patch()
    expect(simulator.control.faults()).toMatchObject([{ id, seen: 1, fired: 1 }])
    simulator.control.removeFault(id)
    expect((await patch()).status).toBe(200)
  })
})
