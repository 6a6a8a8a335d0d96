import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterChange,
  afterSweep,
  FAILURE_TRANSITIONS,
  type Failure,
  type FailureChange,
  type FailureHappening,
  type FailureState,
  type Seen,
} from './failure.ts'
import { HOUR, MINUTE } from './instant.ts'

const NOW = Date.UTC(2026, 4, 2, 9, 30)
const STATES = Object.keys(FAILURE_TRANSITIONS) as FailureState[]

const seen = (over: Partial<Seen> = {}): Seen => ({
  debts: 3,
  withdrawals: 1,
  holds: false,
  firstAt: NOW - HOUR,
  lastAt: NOW - MINUTE,
  ...over,
})
const failure = (over: Partial<Failure> = {}): Failure => ({
  state: 'open',
  debts: 3,
  withdrawals: 1,
  firstAt: NOW - HOUR,
  lastAt: NOW - MINUTE,
  changedAt: NOW - HOUR,
  changedBy: undefined,
  resolvedAt: undefined,
  ...over,
})

test('R26: the states of a failure and what can happen to it are this table', () => {
  const happenings = Object.keys(FAILURE_TRANSITIONS.open) as FailureHappening[]
  const rows = happenings.map(happening => [
    happening,
    ...STATES.map(state => FAILURE_TRANSITIONS[state][happening] ?? '-'),
  ])
  const table = [['', ...STATES], ...rows].map(row =>
    row
      .map(cell => cell.padEnd(14))
      .join('')
      .trimEnd(),
  )
  expect(table.join('\n')).toBe(
    `
              open          acknowledged  resolved      ignored
found         open          acknowledged  open          ignored
gone          resolved      resolved      resolved      ignored
acknowledged  acknowledged  acknowledged  -             acknowledged
ignored       ignored       ignored       ignored       ignored
reopened      open          open          -             open
`.slice(1, -1),
  )
})

describe('R26: a sweep', () => {
  test('opens a failure where debts fail, with the times of the debts', () => {
    expect(afterSweep(undefined, seen(), NOW)).toEqual(failure({ changedAt: NOW }))
  })

  test('opens one for a hold that nothing waits behind yet', () => {
    const held = seen({ debts: 0, withdrawals: 0, holds: true, lastAt: undefined })
    expect(afterSweep(undefined, held, NOW)).toMatchObject({ state: 'open', debts: 0, lastAt: NOW })
    expect(afterSweep(failure({ debts: 0 }), held, NOW)?.state).toBe('open')
  })

  test('makes nothing of nothing', () => {
    expect(afterSweep(undefined, undefined, NOW)).toBeUndefined()
    expect(afterSweep(undefined, seen({ debts: 0 }), NOW)).toBeUndefined()
  })

  test('resolves it by itself when its last debt is gone', () => {
    const before = failure({ state: 'acknowledged', changedBy: 'Eve' })
    const resolved = { state: 'resolved', debts: 0, withdrawals: 0, changedAt: NOW, resolvedAt: NOW }
    expect(afterSweep(before, undefined, NOW)).toMatchObject({ ...resolved, changedBy: undefined })
  })

  test('opens a resolved one again, which keeps when it was first seen', () => {
    const before = failure({ state: 'resolved', debts: 0, firstAt: 5, resolvedAt: NOW - 1 })
    expect(afterSweep(before, seen(), NOW)).toMatchObject({ state: 'open', firstAt: 5, resolvedAt: undefined })
  })

  test('leaves an ignored one ignored, with its count', () => {
    const before = failure({ state: 'ignored', changedBy: 'Eve' })
    expect(afterSweep(before, undefined, NOW)).toMatchObject({ state: 'ignored', debts: 0, changedBy: 'Eve' })
    expect(afterSweep(before, seen({ debts: 9 }), NOW)).toMatchObject({ state: 'ignored', debts: 9 })
  })

  test('leaves an acknowledged one acknowledged while it grows', () => {
    const before = failure({ state: 'acknowledged', changedBy: 'Eve' })
    const after = afterSweep(before, seen({ debts: 9, lastAt: NOW }), NOW)
    expect(after).toMatchObject({ state: 'acknowledged', debts: 9, lastAt: NOW, changedBy: 'Eve' })
  })

  test('where the debts have no time of their own, tells growth from the count', () => {
    const times = [2, 3, 4].map(debts => afterSweep(failure(), seen({ debts, lastAt: undefined }), NOW)?.lastAt)
    expect(times).toEqual([NOW - MINUTE, NOW - MINUTE, NOW])
  })
})

describe('somebody', () => {
  test('is named with what they changed', () => {
    const after = afterChange(failure(), 'acknowledged', { now: NOW, by: 'Eve' })
    expect(after).toMatchObject({ state: 'acknowledged', changedAt: NOW, changedBy: 'Eve' })
  })

  test('changes nothing by doing what was done', () => {
    const before = failure({ state: 'ignored', changedBy: 'Adam' })
    expect(afterChange(before, 'ignored', { now: NOW, by: 'Eve' })).toBe(before)
  })

  test.each(['acknowledged', 'reopened'] as const)('cannot make a failure that is over %s', change => {
    expect(afterChange(failure({ state: 'resolved' }), change, { now: NOW, by: 'Eve' })).toBeUndefined()
  })
})

const someSeen: fc.Arbitrary<Seen | undefined> = fc.option(
  fc.record({
    debts: fc.nat({ max: 3 }),
    withdrawals: fc.constant(0),
    holds: fc.boolean(),
    firstAt: fc.option(fc.integer({ min: NOW - HOUR, max: NOW }), { nil: undefined }),
    lastAt: fc.option(fc.integer({ min: NOW - HOUR, max: NOW }), { nil: undefined }),
  }),
  { nil: undefined },
)
const someStep = fc.oneof(someSeen, fc.constantFrom<FailureChange>('acknowledged', 'ignored', 'reopened'))

test('R26: after every sweep of any history, a failure is resolved only when nothing is left, and then unless ignored', () => {
  fc.assert(
    fc.property(fc.array(someStep, { maxLength: 20 }), steps => {
      let now = NOW
      let current: Failure | undefined
      for (const step of steps) {
        now += MINUTE
        const before = current
        if (typeof step === 'string') {
          current = before && (afterChange(before, step, { now, by: 'Eve' }) ?? before)
          continue
        }
        current = afterSweep(before, step, now)
        const isThere = step !== undefined && (step.debts > 0 || step.holds)
        expect(current !== undefined).toBe(before !== undefined || isThere)
        if (!current) continue
        if (current.state !== 'ignored') expect(current.state === 'resolved').toBe(!isThere)
        expect(current.resolvedAt !== undefined).toBe(current.state === 'resolved')
        expect(current.debts).toBe(step?.debts ?? 0)
        expect(current.lastAt).toBeGreaterThanOrEqual(before?.lastAt ?? 0)
        expect(afterSweep(current, step, now + 1)).toEqual(current)
      }
    }),
    { numRuns: 2_000 },
  )
})
