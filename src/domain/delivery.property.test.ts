import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterAttempt, TRANSITIONS, type Debt, type Next } from './delivery.ts'
import { DAY, HOUR, MINUTE } from './instant.ts'
import { type SetAside } from './mapping.ts'
import { type Outcome } from './outcome.ts'

const NOW = Date.UTC(2024, 4, 2, 9, 30)

const someOutcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.record({
    kind: fc.constant('delivered'),
    accepted: fc.constant({ NEWSLETTER: 'true' }),
    dropped: fc.subarray(['AGE', 'TOPICS']),
  }),
  fc.record({ kind: fc.constant('skipped'), because: fc.constantFrom('unchanged', 'no_such_contact') }),
  fc.record({
    kind: fc.constant('retry'),
    cause: fc.constantFrom('throttled', 'server_error', 'timed_out', 'signup_throttled', 'interrupted'),
    detail: fc.constant('no answer'),
    ambiguous: fc.boolean(),
    throttled: fc.boolean(),
    waitMs: fc.option(fc.nat({ max: DAY }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('rejected'),
    cause: fc.constantFrom('compliance_state', 'fields_invalid'),
    detail: fc.constant('refused'),
    fields: fc.constant([]),
  }),
  fc.record({
    kind: fc.constant('blocked'),
    cause: fc.constantFrom('key_invalid', 'audience_missing'),
    detail: fc.constant('blocked'),
  }),
)
const someDebt: fc.Arbitrary<Debt> = fc
  .record({ failed: fc.nat({ max: 100 }), age: fc.nat({ max: 20 * DAY }), carriesWithdrawal: fc.boolean() })
  .map(({ failed, age, carriesWithdrawal }) => ({
    failed,
    firstFailedAt: failed === 0 ? undefined : NOW - age,
    carriesWithdrawal,
  }))
const someSetAside: fc.Arbitrary<SetAside[]> = fc.subarray<SetAside>([
  { tag: 'AGE', path: 'metadata_age', code: 'value_unfit', detail: 'AGE takes a number' },
])
const someDice = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

test('I7: every attempt ends in an end that the table allows, or waits with a time; none is left sending', () => {
  const allowed = new Set<string>(Object.values(TRANSITIONS.sending).filter(status => status !== undefined))
  fc.assert(
    fc.property(someDebt, someOutcome, someSetAside, someDice, (debt, outcome, setAside, dice) => {
      const next = afterAttempt(debt, outcome, setAside, { now: NOW, dice })
      expect(allowed).toContain(next.status)
      expect(next.status).not.toBe('sending')
      expect(next.dueAt === undefined).toBe(next.status !== 'waiting')
      if (next.dueAt !== undefined) expect(next.dueAt).toBeGreaterThanOrEqual(NOW)
      if (next.status !== 'delivered') expect(next.reason).toBeDefined()
    }),
    { numRuns: 3_000 },
  )
})

test('R24, R25: only a failure that is the request’s own costs an attempt', () => {
  fc.assert(
    fc.property(someDebt, someOutcome, someDice, (debt, outcome, dice) => {
      const { failed } = afterAttempt(debt, outcome, [], { now: NOW, dice })
      const costs = outcome.kind === 'retry' && !outcome.throttled
      expect(failed).toBeLessThanOrEqual(costs ? debt.failed + 1 : debt.failed)
      if (costs) expect(failed).toBe(debt.failed + 1)
    }),
    { numRuns: 2_000 },
  )
})

test('I17: a debt that carries a withdrawal never expires', () => {
  fc.assert(
    fc.property(someDebt, someOutcome, someDice, (debt, outcome, dice) => {
      const next = afterAttempt({ ...debt, carriesWithdrawal: true }, outcome, [], { now: NOW, dice })
      expect(next.reason).not.toBe('expired')
    }),
    { numRuns: 2_000 },
  )
})

test('I22: no wait is longer than the slowest of its schedule, whatever Mailchimp asks for', () => {
  fc.assert(
    fc.property(someDebt, someOutcome, someDice, fc.nat(), (debt, outcome, dice, waitMs) => {
      const asked = outcome.kind === 'retry' && outcome.cause !== 'signup_throttled' ? { ...outcome, waitMs } : outcome
      const { dueAt = NOW } = afterAttempt(debt, asked, [], { now: NOW, dice })
      if (outcome.kind !== 'retry' || outcome.cause === 'signup_throttled') return
      expect(dueAt - NOW).toBeLessThanOrEqual(1.2 * (debt.carriesWithdrawal ? HOUR : 6 * HOUR))
      if (outcome.throttled) expect(dueAt - NOW).toBeLessThanOrEqual(debt.carriesWithdrawal ? 15 * MINUTE : HOUR)
    }),
    { numRuns: 2_000 },
  )
})

test('I9: a grant that only ever fails is dead in less than 50 tries and 16 days, but not before 6.8', () => {
  const someFailure = fc.record({
    kind: fc.constant('retry'),
    cause: fc.constantFrom('server_error', 'timed_out', 'signup_throttled'),
    detail: fc.constant('no answer'),
    ambiguous: fc.boolean(),
    throttled: fc.constant(false),
    waitMs: fc.constant(undefined),
  })
  fc.assert(
    fc.property(fc.infiniteStream(someFailure), someDice, (failures, dice) => {
      let now = NOW
      let next: Pick<Next, 'failed' | 'firstFailedAt' | 'status'> = {
        failed: 0,
        firstFailedAt: undefined,
        status: 'waiting',
      }
      for (const outcome of failures) {
        const after = afterAttempt({ ...next, carriesWithdrawal: false }, outcome, [], { now, dice })
        next = after
        if (after.dueAt === undefined) break
        now = after.dueAt
        expect(after.failed).toBeLessThan(50)
      }
      expect(next.status).toBe('dead')
      expect(now - NOW).toBeGreaterThanOrEqual(6.8 * DAY)
      expect(now - NOW).toBeLessThan(16 * DAY)
    }),
    { numRuns: 500 },
  )
})
