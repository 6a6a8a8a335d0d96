import { describe, expect, test } from 'vitest'
import { anEvent, aUser, eventDeleted, grants, NEWSLETTER, userDeleted } from '../../test/builders.ts'
import { whyIdle } from './standing.ts'

const GRANT = anEvent({ says: [grants(NEWSLETTER)] })
const READ = { person: 'ada@example.test', feed: 'event', taken: [['gdpr']] } as const

describe('whether a fact changes anything, and why not', () => {
  test('it does when the source folds it and an integration takes its regulation', () => {
    expect(whyIdle(GRANT, READ)).toBeUndefined()
    expect(whyIdle({ ...GRANT, regulation: 'cpra' }, { ...READ, taken: [['gdpr'], ['cpra']] })).toBeUndefined()
  })

  test.each([
    ['R5: of nobody', GRANT, { ...READ, person: undefined }, 'anonymous'],
    ['R7: of the other family', aUser({ says: [grants(NEWSLETTER)] }), READ, 'evidence'],
    ['R7: before the source folds any', GRANT, { ...READ, feed: undefined }, 'evidence'],
    ['that no integration reads', GRANT, { ...READ, taken: [] }, 'unread'],
    ['R3: pending approval', { ...GRANT, status: 'pending_approval' as const }, READ, 'pending_approval'],
    ['R4: of another regulation', { ...GRANT, regulation: 'cpra' }, READ, 'other_regulation'],
  ])('one %s does not', (_, fact, reading, why) => {
    expect(whyIdle(fact, reading)).toBe(why)
  })

  test('R6: deletions count whatever their family or regulation', () => {
    expect(whyIdle(userDeleted('user-1'), READ)).toBeUndefined()
    expect(whyIdle({ ...eventDeleted('event-1'), regulation: 'cpra' }, READ)).toBeUndefined()
  })
})
