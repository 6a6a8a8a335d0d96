import { describe, expect, test } from 'vitest'
import { refusedAt, withRefusedAt } from './refused.ts'

describe('R13 R16f: what was refused at one contact', () => {
  const own = { 'merge:NEWS': 'false', 'merge:ADS': 'no' }
  const home = { 'merge:NEWS': 'true' }
  const all = withRefusedAt(withRefusedAt(own, 'home', home), 'work', { 'merge:CITY': 'Oslo' })

  test.each([
    [undefined, own],
    ['home', home],
    ['work', { 'merge:CITY': 'Oslo' }],
    ['elsewhere', {}],
  ])('%s is not refused at another', (left, refused) => {
    expect(refusedAt(all, left)).toEqual(refused)
  })

  test('goes on with what is refused there later', () => {
    const later = withRefusedAt(all, 'home', { 'merge:NEWS': 'false', 'merge:ADS': 'x' })
    expect(refusedAt(later, 'home')).toEqual({ 'merge:NEWS': 'false', 'merge:ADS': 'x' })
    expect(refusedAt(later, undefined)).toEqual(own)
  })
})
