import { describe, expect, test } from 'vitest'
import { parseExposition } from '../../test/exposition.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../domain/instant.ts'
import { type Watched } from './gauges.ts'
import { createMetrics } from './metrics.ts'

const rendered = async ({ render }: ReturnType<typeof createMetrics>) => parseExposition((await render()).text)

const lane = { credentialId: 'crd_a', inUse: 3, limit: 8, ghosts: 2, holds: [] }
const watched = (over: Partial<Watched>): Watched => ({
  clock: () => HOUR,
  backlog: () => Promise.resolve({ integrations: [], batches: [] }),
  lanes: () => [lane],
  trouble: () => undefined,
  clockAhead: () => 0,
  clockDifferences: () => new Map(),
  ...over,
})

describe('what is told', () => {
  const answers = [
    [200, '2xx'],
    [304, '3xx'],
    [404, '4xx'],
    [429, '429'],
    [503, '5xx'],
    ['timed_out', 'timed_out'],
  ] as const

  test.each(answers)('is counted by the class of the answer: %s is %s', async (answer, label) => {
    const metrics = createMetrics({ version: '1' })
    metrics.telemetry.mailchimpAnswered({ credentialId: 'crd_a', answer, throttled: false, durationMs: 300 })
    const seen = await rendered(metrics)
    const labels = { credential: 'crd_a', answer: label }
    expect(seen.value('consent_relay_mailchimp_requests_total', labels)).toBe(1)
    expect(seen.sum('consent_relay_mailchimp_throttled_total')).toBe(0)
    expect(seen.sum('consent_relay_mailchimp_request_duration_seconds_sum')).toBe(0.3)
  })

  test('R23: every wait is observed once, a withdrawal in both histograms', async () => {
    const metrics = createMetrics({ version: '1' })
    const waits = [
      { ms: 90, withdrawal: false },
      { ms: 20 * SECOND, withdrawal: true },
      { ms: 8 * DAY, withdrawal: true },
    ]
    const attempt = { integrationId: 'int_a', outcome: 'delivered', reason: undefined, durationMs: 10 }
    metrics.telemetry.attemptEnded({ ...attempt, waits })
    const seen = await rendered(metrics)
    const within = (what: string, le: string) =>
      seen.value(`consent_relay_time_to_${what}_seconds_bucket`, { integration: 'int_a', le })
    expect(['0.1', '10', '30', '604800', '+Inf'].map(le => within('deliver', le))).toEqual([1, 1, 2, 2, 3])
    expect(['0.1', '10', '30', '604800', '+Inf'].map(le => within('withdraw', le))).toEqual([0, 0, 1, 1, 2])
    expect(seen.sum('consent_relay_time_to_withdraw_seconds_sum')).toBe((20 * SECOND + 8 * DAY) / SECOND)
  })

  test('as a fault or taken back is counted without labels, from nought', async () => {
    const metrics = createMetrics({ version: '1' })
    expect((await rendered(metrics)).value('consent_relay_faults_total')).toBe(0)
    metrics.telemetry.stepFailed('lane', new Error('x'))
    metrics.telemetry.requestFailed({ requestId: 'r', route: '/' }, new Error('x'))
    metrics.telemetry.recovered({ debts: 7 })
    const seen = await rendered(metrics)
    expect(seen.value('consent_relay_faults_total')).toBe(2)
    expect(seen.value('consent_relay_recovered_debts_total')).toBe(7)
  })
})

describe('what is measured', () => {
  test('is what a lane has in use, and what holds it', async () => {
    const metrics = createMetrics({ version: '1' })
    const pause = { integrationId: undefined, cause: 'mailchimp_unavailable' }
    const own = { integrationId: 'int_a', cause: 'merge_tag_missing' }
    metrics.watch(watched({ lanes: () => [{ ...lane, holds: [pause, own] }], trouble: () => 'cannot_write' }))
    const seen = await rendered(metrics)
    const of = (name: string) => seen.value(`consent_relay_${name}`, { credential: 'crd_a' })
    expect(['connections_in_use', 'connections_limit', 'ghost_connections', 'breaker_open'].map(of)).toEqual([
      3, 8, 2, 1,
    ])
    const hold = (integration: string, cause: string) =>
      seen.value('consent_relay_hold', { credential: 'crd_a', integration, cause })
    expect([hold('', pause.cause), hold('int_a', own.cause)]).toEqual([1, 1])
    expect(seen.value('consent_relay_ready')).toBe(0)
    expect(seen.value('consent_relay_store_trouble', { trouble: 'cannot_write' })).toBe(1)
  })

  test('is what is owed, with ages in seconds, and batches', async () => {
    const metrics = createMetrics({ version: '1' })
    const owed = {
      integrationId: 'int_a',
      counts: [{ status: 'waiting', priority: 'live', debts: 4 }],
      held: [{ cause: 'value_unfit', debts: 2 }],
      oldestAt: HOUR - MINUTE,
      oldestWithdrawalAt: undefined,
      gone: 3,
    }
    const batches = [{ credentialId: 'crd_a', operations: 900 }]
    metrics.watch(watched({ backlog: () => Promise.resolve({ integrations: [owed], batches }) }))
    const seen = await rendered(metrics)
    const integration = 'int_a'
    expect(seen.value('consent_relay_backlog', { integration, status: 'waiting', priority: 'live' })).toBe(4)
    expect(seen.value('consent_relay_held', { integration, cause: 'value_unfit' })).toBe(2)
    expect(seen.value('consent_relay_oldest_waiting_seconds', { integration })).toBe(60)
    expect(seen.value('consent_relay_oldest_waiting_withdrawal_seconds', { integration })).toBe(0)
    expect(seen.value('consent_relay_gone_withdrawals', { integration })).toBe(3)
    expect(seen.value('consent_relay_batch_operations_open', { credential: 'crd_a' })).toBe(900)
  })

  test('is gone with what it was about', async () => {
    const metrics = createMetrics({ version: '1' })
    metrics.watch(watched({}))
    expect((await rendered(metrics)).sum('consent_relay_connections_limit')).toBe(8)
    metrics.watch(watched({ lanes: () => [] }))
    expect((await rendered(metrics)).samples.filter(({ name }) => name.includes('connections'))).toEqual([])
  })
})

test('two services in one process count apart', async () => {
  const [one, other] = [createMetrics({ version: '1' }), createMetrics({ version: '1' })]
  one.telemetry.bodyRefused({ route: '/' })
  expect((await rendered(one)).value('consent_relay_bodies_refused_total')).toBe(1)
  expect((await rendered(other)).value('consent_relay_bodies_refused_total')).toBe(0)
})
