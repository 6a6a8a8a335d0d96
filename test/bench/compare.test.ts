import { expect, test } from 'vitest'
import { CONTACTS, createFeed, EVENTS, type Said } from '../../bench/compare/feed.ts'
import { byArrival, byTime, judge, judgeVerdicts } from '../../bench/compare/oracle.ts'

const SEED = 1

test('the feed is the same for the same seed', () => {
  expect(createFeed(SEED)).toEqual(createFeed(SEED))
  expect(createFeed(SEED)).not.toEqual(createFeed(SEED + 1))
})

test('the feed has its contacts, and a twentieth each of repeats and of events overtaken by a newer one', () => {
  const feed = createFeed(SEED)
  const newest = new Map<number, number>()
  const seen = new Set<Said>()
  let overtaken = 0
  for (const said of feed) {
    if (!seen.has(said) && said.madeAt < (newest.get(said.person) ?? 0)) overtaken++
    seen.add(said)
    newest.set(said.person, Math.max(said.madeAt, newest.get(said.person) ?? 0))
  }
  expect(feed).toHaveLength(EVENTS)
  expect(newest.size).toBe(CONTACTS)
  expect(EVENTS - seen.size).toBe(EVENTS / 20)
  expect(overtaken).toBeGreaterThan(EVENTS / 25)
  expect(overtaken).toBeLessThan(EVENTS / 16)
})

const granted: Said = { id: 1, person: 0, madeAt: 10, choices: { NEWS: true } }
const denied: Said = { id: 2, person: 0, madeAt: 20, choices: { NEWS: false } }
const grantedAsWell: Said = { id: 3, person: 0, madeAt: 20, choices: { NEWS: true, OFFERS: true } }

const held = (fields: Readonly<Record<string, string>>) => [
  { email_address: 'person-0@mail.test', merge_fields: fields },
]

test.each([
  ['in order', [granted, denied]],
  ['the older one last', [denied, granted]],
  ['the older one again', [granted, denied, granted]],
  ['a tie, the grant last', [denied, grantedAsWell]],
  ['a tie, the denial last', [grantedAsWell, denied]],
])('the newest choice is right, and of a tie the denial: %s', (_name, feed) => {
  const right = byTime(feed)
  expect(right.find(({ tag }) => tag === 'NEWS')).toMatchObject({ granted: false })
  expect(judge(right, held({ NEWS: 'false', OFFERS: 'true' }))).toEqual({ wrong: 0, withdrawalsLost: 0 })
  expect(judge(right, held({ NEWS: 'true', OFFERS: 'true' }))).toEqual({ wrong: 1, withdrawalsLost: 1 })
  expect(judge(right, [])).toEqual({ wrong: 1, withdrawalsLost: 0 })
})

test('a newer grant is right, even if the denial before it comes last', () => {
  const grantedAgain: Said = { ...granted, id: 4, madeAt: 30 }
  const right = byTime([granted, grantedAgain, denied])
  expect(judge(right, held({ NEWS: 'true' }))).toEqual({ wrong: 0, withdrawalsLost: 0 })
  expect(judge(right, held({ NEWS: 'false' }))).toEqual({ wrong: 1, withdrawalsLost: 0 })
})

test('whoever believes what comes last is wrong when an older choice does', () => {
  const feed = [denied, granted]
  expect(judgeVerdicts(byTime(feed), byArrival(feed))).toEqual({ wrong: 1, withdrawalsLost: 1 })
})
