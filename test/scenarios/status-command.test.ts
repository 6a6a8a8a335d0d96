import { expect, test } from 'vitest'
import { MINUTE } from '../../src/domain/instant.ts'
import { ran } from '../command.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'

const says = (newsletter: boolean, at: string) => event({ who: ADA, at, purposes: { newsletter } })

/** A viewer may see it all. */
async function environmentOf(world: World): Promise<Record<string, string>> {
  const { body } = await world.api<{ token: string }>('POST', '/v1/tokens', { name: 'status', role: 'viewer' })
  return { CONSENT_RELAY_URL: world.app.url, CONSENT_RELAY_TOKEN: body.token }
}

/** A withdrawal that waits behind a key that Mailchimp does not take any more. */
async function troubled(): Promise<World> {
  const world = await startWorld()
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  await world.integrates()
  await world.receives(says(true, '2026-11-23T08:00:00Z'), 'not json')
  await world.settles()
  world.mailchimp.setKeyState('0123456789abcdef0123456789abcdef-us6', 'disabled')
  await world.receives(says(false, '2026-11-23T08:30:00Z'))
  await world.passes(5 * MINUTE)
  return world
}

test('status tells people what is owed, what waits and what went wrong, with the remedy', async () => {
  await using world = await troubled()
  const { code, out, err } = await ran(['status'], { env: await environmentOf(world), terminal: true })
  expect([code, err]).toEqual([0, ''])
  expect(out).toContain(`Consent Relay 0.1.0 at ${world.app.url}: ready\n`)
  expect(out).toMatch(/received {2}folded .* quarantined {2}erased {2}expired.*\n +3 +2 .* 1 +0 +0\n/)
  expect(out).toMatch(/waiting {2}sending {2}held .*\n +0 +0 +1 /)
  expect(out).toMatch(/Oldest withdrawal: 5 min, since 2026-11-23T09:\d\d/)
  expect(out).toMatch(
    /Open failures: 1\n.*key_invalid in int_.*\n {2}held since .*: 1 deliveries, 1 of them withdrawals\n/,
  )
  const { body } = await world.api<{ data: { says: string; next: string }[] }>('GET', '/v1/failures')
  expect(out).toContain(`  ${body.data[0]?.says}\n  Next: ${body.data[0]?.next}\n`)
})

test('status in a pipe is JSON with the same figures', async () => {
  await using world = await troubled()
  const { code, out } = await ran(['status'], { env: await environmentOf(world) })
  expect(code).toBe(0)
  const stats = await world.stats()
  expect(JSON.parse(out)).toMatchObject({
    url: world.app.url,
    version: '0.1.0',
    ready: true,
    ...stats,
    failures: [{ cause: 'key_invalid', count: 1, withdrawals: 1, state: 'open' }],
    more_failures: false,
  })
})

test.each([
  [{}, true],
  [{ NO_COLOR: '1' }, false],
  [{ TERM: 'dumb' }, false],
])('status at a terminal with %j has bold titles: %s', async (more, bold) => {
  await using world = await startWorld()
  const { out } = await ran(['status'], { env: { ...(await environmentOf(world)), ...more }, terminal: true })
  expect(out.includes('\u001b[1m')).toBe(bold)
  expect(out).toContain('Oldest waiting:    none\n')
  expect(out).toContain('No open failures\n')
})

test('status with a token that is none is refused with 3', async () => {
  await using world = await startWorld()
  const env = { CONSENT_RELAY_URL: world.app.url, CONSENT_RELAY_TOKEN: 'no-token-of-this-service' }
  const { code, out, err } = await ran(['status'], { env, terminal: true })
  expect([code, out]).toEqual([3, ''])
  expect(err).toContain('Refused (unauthorized)')
})
