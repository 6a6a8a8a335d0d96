import { expect, test } from 'vitest'
import { MORNING } from '../../test/builders.ts'
import { MINUTE } from './instant.ts'
import { isUsedAnew, keptBeside, secretsAt, works, type SecretTimes } from './source-secret.ts'

const secret = (over: Partial<SecretTimes> = {}): SecretTimes => ({ expiresAt: undefined, usedAt: undefined, ...over })
const ending = secret({ expiresAt: MORNING, usedAt: MORNING - MINUTE })

test('a secret works until its last moment, and the current one has none', () => {
  expect(works(secret(), MORNING)).toBe(true)
  expect(works(ending, MORNING - 1)).toBe(true)
  expect(works(ending, MORNING)).toBe(false)
})

test('the first use is marked, and then one a minute', () => {
  expect(isUsedAnew(secret(), MORNING)).toBe(true)
  expect(isUsedAnew(secret({ usedAt: MORNING }), MORNING + MINUTE - 1)).toBe(false)
  expect(isUsedAnew(secret({ usedAt: MORNING }), MORNING + MINUTE)).toBe(true)
})

test('a previous secret counts while it works, whatever the order', () => {
  const current = secret()
  expect(secretsAt([ending, current], MORNING - 1)).toEqual({ current, previous: ending })
  expect(secretsAt([current, ending], MORNING)).toEqual({ current, previous: undefined })
  expect(secretsAt([ending], MORNING - 1)).toBeUndefined()
})

test('beside a new secret the newest that was ever used goes on', () => {
  const used = secret({ usedAt: MORNING })
  expect(keptBeside({ current: used, previous: ending })).toBe(used)
  expect(keptBeside({ current: secret(), previous: ending })).toBe(ending)
})

test('without another one it is the current secret, used or not', () => {
  const unused = secret()
  expect(keptBeside({ current: unused, previous: undefined })).toBe(unused)
})
