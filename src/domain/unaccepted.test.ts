import { describe, expect, test } from 'vitest'
import { type Desired } from './mapping.ts'
import { withoutUnaccepted } from './unaccepted.ts'

const desired = (value: string): Desired => ({
  fields: { 'merge:NEWS': value },
  setAside: [],
  isStated: true,
  beginning: { subscribes: true, grantedAt: undefined },
  lists: value.includes(',') || value === 'a' ? ['merge:NEWS'] : [],
})

/** What is wanted, what was last written, the newest statement behind it, and whether it waits. */
const CASES = [
  ['false', 'true', 'f1', 'goes'],
  ['', 'true', 'f1', 'goes'],
  ['true', 'true', 'f1', 'goes'],
  ['true', 'false', 'f1', 'waits'],
  ['true', undefined, 'f1', 'waits'],
  ['true', 'false', undefined, 'waits'],
  ['true', 'false', 'f3', 'goes'],
  ['a', 'a,b', 'f1', 'goes'],
  ['a,b', 'a', 'f1', 'waits'],
  ['a,c', 'a,b', 'f1', 'goes'],
  ['gold', 'silver', 'f1', 'waits'],
] as const

describe('what waits until an upgrade is accepted', () => {
  test.each(CASES)('%j after %j, stated by %s: %s', (value, before, fact, end) => {
    const written = before === undefined ? {} : { 'merge:NEWS': before }
    const heard = fact === undefined ? {} : { 'merge:NEWS': fact }
    const { fields, setAside, isStated } = withoutUnaccepted(desired(value), { known: 'f2', heard, written })
    expect(Object.keys(fields)).toEqual(end === 'goes' ? ['merge:NEWS'] : [])
    expect(setAside.map(({ code }) => code)).toEqual(end === 'goes' ? [] : ['upgrade_unaccepted'])
    // Who is not granted anything yet is not made a contact either (R20).
    expect(isStated).toBe(end === 'goes')
  })
})
