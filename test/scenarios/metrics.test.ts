import { expect, test } from 'vitest'
import { HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { createTelemetry, type Telemetry } from '../../src/telemetry.ts'
import { createLog } from '../../src/log.ts'
import { familyOf, parseExposition, type Exposition } from '../exposition.ts'
import { AUDIENCE, event, KEY, startWorld, type World } from '../world.ts'

const AT = '2026-11-23T08:00:00Z'
const grant = (who: string, at = AT) => event({ who, at, purposes: { newsletter: true } })
const refusal = (who: string, at = '2026-11-23T08:30:00Z') => event({ who, at, purposes: { newsletter: false } })

/** What Prometheus reads now; the backlog is read again after 5 s. */
async function scrape(world: World): Promise<Exposition> {
  await world.passes(5 * SECOND)
  const answer = await fetch(`${world.app.url}/metrics`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  return parseExposition(await answer.text())
}

const known = (world: World, ...people: readonly string[]) =>
  people.forEach(email_address => world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' }))

async function posts(world: World, token: string, body: string, type = 'application/json'): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': type }
  const url = `${world.app.url}/webhooks/didomi/${world.source.id}`
  return (await fetch(url, { method: 'POST', headers, body })).status
}

test('whatever happens is counted exactly, once', async () => {
  await using world = await startWorld()
  const people = ['fine@mail.test', 'unlucky@mail.test', 'hurried@mail.test', 'left@mail.test']
  known(world, ...people)
  const failing = (contact: string, fault: object) =>
    world.mailchimp.addFault({ match: { contact, method: 'PATCH' }, count: 1, fault })
  failing('unlucky@mail.test', { status: 500 })
  failing('hurried@mail.test', { status: 429 })
  failing('left@mail.test', { status: 400, title: 'Member In Compliance State', detail: 'left' })
  const integration = await world.integrates()
  const first = grant('fine@mail.test')
  await world.receives(...people.slice(1).map(who => grant(who)), grant('absent@mail.test'), grant('no address'))
  await world.receives(first, first, 'no JSON')
  await world.settles()
  await world.receives(refusal('fine@mail.test'))
  await world.settles()
  expect(await posts(world, 'wrong', '{}')).toBe(401)
  expect(await posts(world, world.source.token, 'no JSON either', 'text/plain')).toBe(202)
  expect(await posts(world, world.source.token, 'x'.repeat(1024 * 1024 + 1))).toBe(413)

  const seen = await scrape(world)
  const source = world.source.id
  const records = (kind: string) => seen.value('consent_relay_records_total', { source, kind }) ?? 0
  expect([records('folded'), records('duplicate'), records('quarantined')]).toEqual([7, 1, 2])
  expect(seen.sum('consent_relay_records_total')).toBe((await world.stats()).inbox.received)

  const webhooks = (status: string) => seen.value('consent_relay_webhook_requests_total', { status })
  expect(['202', '401', '413', '503'].map(webhooks)).toEqual([10, 1, 1, 0])
  expect(seen.value('consent_relay_bodies_refused_total')).toBe(1)
  expect(seen.value('consent_relay_bodies_quarantined_total')).toBe(2)

  const attempts = (outcome: string, reason = '') =>
    seen.value('consent_relay_attempts_total', { integration, outcome, reason })
  expect(attempts('delivered')).toBe(4)
  expect([attempts('retry', 'server_error'), attempts('retry', 'throttled')]).toEqual([1, 1])
  expect(attempts('rejected', 'compliance_state')).toBe(1)
  expect(attempts('skipped', 'no_such_contact')).toBe(1)
  expect(seen.sum('consent_relay_attempts_total')).toBe(world.writes().length)

  const ends = (end: string, reason = '') => seen.value('consent_relay_deliveries_total', { integration, end, reason })
  expect(ends('delivered')).toBe(4)
  expect([ends('skipped', 'no_such_contact'), ends('skipped', 'unresolvable')]).toEqual([1, 1])
  expect(ends('dead', 'compliance_state')).toBe(1)
  expect(seen.sum('consent_relay_deliveries_total')).toBe(7)

  expect(seen.sum('consent_relay_mailchimp_throttled_total')).toBe(1)
  expect(seen.sum('consent_relay_mailchimp_requests_total', { answer: '429' })).toBe(1)
  expect(seen.sum('consent_relay_mailchimp_requests_total', { answer: '5xx' })).toBe(1)
  const total = seen.sum('consent_relay_mailchimp_requests_total')
  expect(seen.sum('consent_relay_mailchimp_request_duration_seconds_count')).toBe(total)
  expect(total).toBeGreaterThan(world.writes().length)
  expect(seen.sum('consent_relay_faults_total')).toBe(0)
})

test('what is owed, held and under way is seen as it is', async () => {
  await using world = await startWorld()
  known(world, 'fine@mail.test', 'gone@mail.test', 'left@mail.test')
  const integration = await world.integrates()
  await world.receives(grant('gone@mail.test'))
  await world.settles()
  world.mailchimp.addFault({
    match: { contact: 'left@mail.test', method: 'PATCH' },
    count: 1,
    fault: { status: 400, title: 'Member In Compliance State', detail: 'left' },
  })
  await world.receives(grant('left@mail.test'))
  await world.settles()
  world.mailchimp.setKeyState(KEY, 'disabled')
  await world.receives(grant('fine@mail.test'))
  await world.passes(MINUTE)
  await world.receives(refusal('gone@mail.test'))

  const seen = await scrape(world)
  const backlog = (status: string, priority: string) =>
    seen.value('consent_relay_backlog', { integration, status, priority })
  expect([backlog('held', 'withdrawal'), backlog('held', 'live'), backlog('held', 'backfill')]).toEqual([1, 1, 0])
  expect(backlog('waiting', 'live')).toBe(0)
  expect(seen.value('consent_relay_held', { integration, cause: 'key_invalid' })).toBe(2)
  expect(backlog('dead', 'live')).toBe(1)
  expect(seen.sum('consent_relay_backlog')).toBe(3)
  expect(seen.value('consent_relay_oldest_waiting_seconds', { integration })).toBe(65)
  expect(seen.value('consent_relay_oldest_waiting_withdrawal_seconds', { integration })).toBe(5)
  const [hold] = seen.samples.filter(({ name }) => name === 'consent_relay_hold')
  expect(hold).toMatchObject({ labels: { integration: '', cause: 'key_invalid' }, value: 1 })
  const credential = hold?.labels['credential'] ?? ''
  expect(seen.value('consent_relay_breaker_open', { credential })).toBe(0)
  expect(seen.value('consent_relay_connections_in_use', { credential })).toBe(0)
  expect(seen.value('consent_relay_connections_limit', { credential })).toBeGreaterThan(0)
  expect(seen.value('consent_relay_ready')).toBe(1)
  expect(seen.value('consent_relay_store_readable')).toBe(1)

  world.mailchimp.setKeyState(KEY, 'active')
  await world.passes(HOUR)
  const after = await scrape(world)
  expect(after.samples.filter(({ name }) => name === 'consent_relay_hold')).toEqual([])
  expect(after.value('consent_relay_oldest_waiting_withdrawal_seconds', { integration })).toBe(0)
  expect(after.sum('consent_relay_backlog')).toBe(1)
  expect(after.sum('consent_relay_held')).toBe(0)
})

test('R23: from the receipt of a fact to the answer that took it, with everything in between', async () => {
  await using world = await startWorld()
  known(world, 'slow@mail.test')
  const integration = await world.integrates()
  const down = { match: { method: 'PATCH' }, fault: { status: 500 } } as const
  await world.receives(grant('slow@mail.test'))
  await world.settles()
  world.mailchimp.addFault({ ...down, count: 3 })
  const from = world.now()
  await world.receives(refusal('slow@mail.test'))
  await world.settles()
  const took = (world.now() - from) / SECOND
  expect(took).toBeGreaterThan(15)

  const seen = await scrape(world)
  const withdrawn = (what: string) => seen.value(`consent_relay_time_to_withdraw_seconds_${what}`, { integration })
  const delivered = (what: string) => seen.value(`consent_relay_time_to_deliver_seconds_${what}`, { integration })
  expect([withdrawn('count'), delivered('count')]).toEqual([1, 2])
  expect(withdrawn('sum')).toBeGreaterThan(15)
  expect(withdrawn('sum')).toBeLessThanOrEqual(took)
  const within = (le: string) => seen.value('consent_relay_time_to_withdraw_seconds_bucket', { integration, le })
  expect([within('10'), within('300'), within('+Inf')]).toEqual([0, 1, 1])
})

test('I11: however many people come, the series stay the same, and none of them names one', async () => {
  await using world = await startWorld()
  await world.integrates({ upsert_mode: true })
  const series = async () => {
    const { samples } = await scrape(world)
    const own = samples.filter(({ name }) => name.startsWith('consent_relay_'))
    return own.map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`).sort()
  }
  await world.receives(grant('one@mail.test'), refusal('one@mail.test'))
  await world.settles()
  const before = await series()
  for (let n = 0; n < 40; n++) await world.receives(grant(`many-${n}@mail.test`), refusal(`many-${n}@mail.test`))
  await world.settles()
  expect(await series()).toEqual(before)
  expect(before.join('\n')).not.toMatch(/mail\.test|(?<!crd_)[0-9a-f]{32}/)
})

test('the text is whole: types for everything, cumulative buckets, our prefix', async () => {
  await using world = await startWorld()
  known(world, 'fine@mail.test')
  await world.integrates()
  await world.receives(grant('fine@mail.test'))
  await world.settles()
  const { samples, types } = await scrape(world)
  expect(new Set(types.values())).toEqual(
    new Set(['counter', 'gauge', 'histogram', 'summary'].filter(type => [...types.values()].includes(type))),
  )
  expect([...types.keys()].filter(name => !/^(consent_relay|nodejs|process)_/.test(name))).toEqual([])
  const histograms = [...types].flatMap(([name, type]) => (type === 'histogram' ? [name] : []))
  expect(histograms.length).toBeGreaterThan(3)
  for (const name of histograms) {
    const own = samples.filter(sample => familyOf(sample.name, types) === name)
    for (const count of own.filter(sample => sample.name === `${name}_count`)) {
      const same = (labels: Readonly<Record<string, string>>) =>
        Object.entries(count.labels).every(([label, value]) => labels[label] === value)
      const buckets = own.filter(sample => sample.name === `${name}_bucket` && same(sample.labels))
      const values = buckets.map(({ value }) => value)
      expect(values, name).toEqual([...values].sort((a, b) => a - b))
      expect(buckets.at(-1), name).toMatchObject({ labels: { le: '+Inf' }, value: count.value })
    }
  }
})

test('a store that does not answer hides only what it would have told', async () => {
  let broken = false
  await using world = await startWorld({
    around: db => ({
      ...db,
      query: (text, params) => (broken ? Promise.reject(new Error('away')) : db.query(text, params)),
    }),
  })
  await world.integrates()
  expect((await scrape(world)).value('consent_relay_store_readable')).toBe(1)
  broken = true
  const seen = await scrape(world)
  broken = false
  expect(seen.value('consent_relay_store_readable')).toBe(0)
  expect(seen.samples.filter(({ name }) => name === 'consent_relay_backlog')).toEqual([])
  expect(seen.sum('consent_relay_webhook_requests_total')).toBe(0)
  expect((await scrape(world)).value('consent_relay_store_readable')).toBe(1)
})

test('R26 I17: a withdrawal that does not get through is told at 15 minutes, an hour and a day, and when it has', async () => {
  const told: string[] = []
  const telemetry: Telemetry = {
    ...createTelemetry(createLog('silent')),
    withdrawalLate: ({ level, ageMs }) => told.push(`${level} at ${ageMs / MINUTE}`),
    withdrawalsCaughtUp: () => told.push('caught up'),
  }
  await using world = await startWorld({ telemetry })
  known(world, 'left@mail.test')
  await world.integrates()
  await world.receives(grant('left@mail.test'))
  await world.settles()
  world.mailchimp.setKeyState(KEY, 'disabled')
  await world.receives(refusal('left@mail.test'))
  const checksFor = async (minutes: number, every = 1) => {
    for (let passed = 0; passed < minutes; passed += every) {
      await world.passes(every * MINUTE)
      await world.app.lateness.check()
    }
  }
  await checksFor(14)
  expect(told).toEqual([])
  await checksFor(60)
  expect(told).toEqual(['warning at 15', 'error at 60'])
  await checksFor(24 * 60, 30)
  expect(told.slice(2)).toEqual(['incident at 1454'])
  world.mailchimp.setKeyState(KEY, 'active')
  await world.passes(HOUR)
  await world.settles()
  await checksFor(3)
  expect(told.slice(3)).toEqual(['caught up'])
})
