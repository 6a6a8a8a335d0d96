import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loginsOf, type KeyUse } from './login.ts'

const key = (credentialId: string, user: string | undefined, ...audiences: string[]): KeyUse => ({
  credentialId,
  user,
  audiences,
})
const idsOf = (keys: readonly KeyUse[]) =>
  loginsOf(keys)
    .map(login =>
      login
        .map(({ credentialId }) => credentialId)
        .toSorted()
        .join('+'),
    )
    .toSorted()

describe('R24, I4: what belongs to one login', () => {
  test.each<[string, KeyUse[], string[]]>([
    ['nothing', [], []],
    ['two keys of one user', [key('a', 'u', 'x'), key('b', 'u', 'y')], ['a+b']],
    ['two users that write to one audience', [key('a', 'u', 'x'), key('b', 'v', 'x')], ['a+b']],
    ['two users with audiences of their own', [key('a', 'u', 'x'), key('b', 'v', 'y')], ['a', 'b']],
    ['two keys of unknown users', [key('a', undefined, 'x'), key('b', undefined, 'y')], ['a', 'b']],
    ['an unknown user and an audience in common', [key('a', undefined, 'x'), key('b', 'v', 'x')], ['a+b']],
    ['a user whose name is that of an audience', [key('a', 'x'), key('b', undefined, 'x')], ['a', 'b']],
    ['a key that joins two others', [key('a', 'u', 'x'), key('b', 'v', 'y'), key('c', 'u', 'y')], ['a+b+c']],
  ])('%s', (_, keys, expected) => {
    expect(idsOf(keys)).toEqual(expected)
  })

  const word = fc.constantFrom('p', 'q', 'r', 's', 't')
  const keys = fc
    .array(fc.tuple(fc.option(word, { nil: undefined }), fc.array(word, { maxLength: 2 })), { maxLength: 9 })
    .map(found => found.map(([user, audiences], n) => key(`k${n}`, user, ...audiences)))

  /** The rule as it is said: two keys are together when a chain of keys leads from one to the other. */
  function reached(all: readonly KeyUse[], from: KeyUse): ReadonlySet<KeyUse> {
    const seen = new Set([from])
    for (const near of seen) for (const each of all) if (isJoined(near, each)) seen.add(each)
    return seen
  }
  const isJoined = (a: KeyUse, b: KeyUse): boolean =>
    (a.user !== undefined && a.user === b.user) || a.audiences.some(audience => b.audiences.includes(audience))

  test('is what a chain of common users and audiences leads to', () => {
    fc.assert(
      fc.property(keys, all => {
        for (const login of loginsOf(all)) for (const one of login) expect(new Set(login)).toEqual(reached(all, one))
        expect(loginsOf(all).flat()).toHaveLength(all.length)
      }),
    )
  })

  test('does not depend on the order of the keys', () => {
    fc.assert(
      fc.property(keys, fc.infiniteStream(fc.nat()), (all, dice) => {
        const shuffled = all
          .map(each => ({ each, at: Number(dice.next().value) }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ each }) => each)
        expect(idsOf(shuffled)).toEqual(idsOf(all))
      }),
    )
  })
})
