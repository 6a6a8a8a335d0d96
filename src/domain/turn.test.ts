import { describe, expect, test } from 'vitest'
import { nextInTurn, turnedAway, type Places, type Waiting } from './turn.ts'

type Named = Waiting & { readonly name: string }

/** `s1a` is a stranger from place 1, `k2b` someone known from place 2. */
const line = (text: string): Named[] =>
  text
    .split(' ')
    .filter(name => name !== '')
    .map(name => ({ name, isKnown: name.startsWith('k'), from: name[1] ?? '' }))

test.each([
  ['', undefined],
  ['s1a s2b', 's1a'],
  ['s1a k2b k1c', 'k2b'],
])('of %j the next is %s', (text, next) => {
  expect(nextInTurn(line(text))?.name).toBe(next)
})

const PLACES: Places = { known: 2, strangers: 4, fromOnePlace: 3 }

describe('turning away', () => {
  test.each([
    ['nobody', '', undefined],
    ['nobody while there is room', 's1a s1b s1c s2d', undefined],
    ['the oldest of a place from which too many wait', 's1a s2b s1c s1d s1e', 's1a'],
    ['the oldest of the greatest crowd, though another came last', 's2a s1b s1c s3d s4e', 's1b'],
    ['the oldest of all when no place has more', 's1a s2b s3c s4d s5e', 's1a'],
    ['no stranger for one who is known', 's1a s1b s1c s2d k1e', undefined],
    ['nobody known for a stranger', 'k1a k2b s1a', undefined],
    ['the oldest who is known when too many are', 'k1a s1b k2c k3d', 'k1a'],
  ])('%s', (_, text, expected) => {
    expect(turnedAway(line(text), PLACES)?.name).toBe(expected)
  })

  test('a crowd from one place never turns away one from another', () => {
    const waiting = line('s2a')
    for (let n = 0; n < 5_000; n++) {
      waiting.push({ name: `s1-${n}`, isKnown: false, from: '1' })
      const away = turnedAway(waiting, PLACES)
      if (away) waiting.splice(waiting.indexOf(away), 1)
    }
    expect(waiting.map(({ name }) => name)).toEqual(['s2a', 's1-4997', 's1-4998', 's1-4999'])
  })
})
