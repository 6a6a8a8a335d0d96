import { describe, expect, test } from 'vitest'
import { minute } from '../../test/builders.ts'
import { TRANSITIONS, type Status } from './delivery.ts'
import { chosenBy, isNewLife, mustWait, obstacleTo, type KeptDebt, type Obstacle } from './erasure.ts'

const NOW = minute(10)
const debt = (over: Partial<KeptDebt> = {}): KeptDebt => ({
  status: 'delivered',
  carriesWithdrawal: false,
  windowUntil: undefined,
  hasOpenAttempt: false,
  ...over,
})

describe('what stands in the way of erasing a person', () => {
  const OF_GRANTS = {
    waiting: 'due',
    sending: 'under_way',
    held: undefined,
    delivered: undefined,
    skipped: undefined,
    dead: undefined,
  } as const satisfies Record<Status, unknown>
  const OF_WITHDRAWALS = { ...OF_GRANTS, held: 'withdrawal', dead: 'withdrawal' } as const

  test.each(Object.keys(TRANSITIONS) as Status[])('I17: a debt that is %s', status => {
    expect(obstacleTo(debt({ status }), NOW)).toBe(OF_GRANTS[status])
    expect(obstacleTo(debt({ status, carriesWithdrawal: true }), NOW)).toBe(OF_WITHDRAWALS[status])
  })

  test('I15: a window, until it is over', () => {
    expect(obstacleTo(debt({ windowUntil: NOW + 1 }), NOW)).toBe('window')
    expect(obstacleTo(debt({ status: 'dead', windowUntil: NOW + 1 }), NOW)).toBe('window')
    expect(obstacleTo(debt({ windowUntil: NOW }), NOW)).toBeUndefined()
  })

  test('a request without an end, though a newer one has delivered everything', () => {
    expect(obstacleTo(debt({ hasOpenAttempt: true }), NOW)).toBe('under_way')
  })
})

describe('R34: how long an erasure waits', () => {
  test.each<[Obstacle, before: boolean, after: boolean]>([
    ['due', true, false],
    ['under_way', true, true],
    ['withdrawal', true, false],
    ['window', true, false],
  ])('for what is %s', (obstacle, before, after) => {
    expect(mustWait(obstacle, { now: NOW - 1, endsBy: NOW })).toBe(before)
    expect(mustWait(obstacle, { now: NOW, endsBy: NOW })).toBe(after)
  })

  test.each([
    ['created', -1, true, false],
    ['created', 0, true, false],
    ['updated', 1, false, true],
    ['deleted', 1, false, false],
  ] as const)('a fact that is %s %i ms after it', (kind, after, isHidden, isNew) => {
    expect(chosenBy({ at: NOW + after }, NOW)).toBe(isHidden)
    expect(isNewLife({ kind, at: NOW + after }, NOW)).toBe(isNew)
  })
})
