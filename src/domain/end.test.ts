import { describe, expect, test } from 'vitest'
import { TRANSITIONS, type Status } from './delivery.ts'
import { END_UNWRITTEN, END_WORDS, endOf, ENDS } from './end.ts'
import { EXPLANATIONS } from './reason.ts'

const isStatus = (text: string): text is Status => Object.hasOwn(TRANSITIONS, text)
const STATUSES = Object.keys(TRANSITIONS).filter(isStatus)
const REASONS = [undefined, ...Object.keys(EXPLANATIONS)]

describe('the end of a debt', () => {
  test.each([
    ['R21: written', 'delivered', undefined, 'in_step'],
    ['R21: written already', 'skipped', 'unchanged', 'in_step'],
    ['R12: with no choice that is mapped', 'skipped', 'nothing_mapped', 'in_step'],
    ['R18: of a contact that the audience does not have', 'skipped', 'no_such_contact', 'not_in_audience'],
    ['R17: of an id that names no contact', 'skipped', 'unresolvable', 'unmatched'],
    ['R16: of a contact that is gone', 'skipped', 'contact_gone', 'contact_gone'],
  ] as const)('%s', (_, status, reason, end) => {
    expect(endOf({ status, reason })).toBe(end)
  })

  test.each(STATUSES.filter(status => status !== 'delivered' && status !== 'skipped'))(
    'I7: there is none for a debt that is %s, whatever its reason',
    status => {
      expect(REASONS.flatMap(reason => endOf({ status, reason }) ?? [])).toEqual([])
    },
  )

  test('I7: there is one for every reason to write nothing, and for no other reason', () => {
    const ended = REASONS.filter(reason => endOf({ status: 'skipped', reason }) !== undefined)
    expect(ended.toSorted()).toEqual(Object.keys(END_UNWRITTEN).toSorted())
  })

  test('has words of its own, and is no property that every object has', () => {
    expect(new Set(Object.values(END_WORDS)).size).toBe(ENDS.length)
    expect(['', 'toString', '__proto__', 'constructor'].map(reason => endOf({ status: 'skipped', reason }))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})
