import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_GRANT } from '../../test/builders.ts'
import {
  behindOf,
  brake,
  EVERY_TARGET,
  holds,
  isOpen,
  mayLose,
  retractedIn,
  unknownOf,
  withoutRetracted,
  type Brake,
  type BrakedTarget,
  type Retracting,
} from './brake.ts'
import { DAY, HOUR } from './instant.ts'
import { type SetAside } from './mapping.ts'

const NOW = 10 * DAY
const open: Brake = { since: NOW - HOUR, decision: undefined }
const over: Brake = { since: NOW - DAY, decision: undefined }
const released: Brake = { since: NOW - HOUR, decision: 'release' }
const withheld: Brake = { since: NOW - 9 * DAY, decision: 'withhold' }

const one = (changes: Partial<Retracting> = {}): Retracting => ({
  person: 'ada',
  isCounted: false,
  behind: undefined,
  ...changes,
})

describe('R33: what waits', () => {
  test.each([
    ['the first of a source', one(), { counted: 0 }, 'counts'],
    ['the hundredth', one(), { counted: 99 }, 'counts'],
    ['one more', one(), { counted: 100 }, 'waits'],
    ['one more that is less than 1 % of the people', one(), { counted: 100, people: 10_100 }, 'counts'],
    ['one more that is more than 1 %', one(), { counted: 101, people: 10_100 }, 'waits'],
    ['another debt of a person who counted', one({ isCounted: true }), { counted: 100 }, 'goes'],
    ['another debt of them while a problem is open', one({ isCounted: true }), { open }, 'goes'],
    ['anybody while a problem is open', one(), { open }, 'waits'],
    ['anybody after a problem that nobody answered', one(), { open: over }, 'counts'],
    ['what waits behind an open problem', one({ behind: open }), { open }, 'waits'],
    ['what waits behind it when the person counts by now', one({ behind: open, isCounted: true }), { open }, 'waits'],
    ['what waited for a day', one({ behind: over }), { counted: 100 }, 'goes'],
    ['what was let go, though another problem is open', one({ behind: released }), { open }, 'goes'],
    ['what was withheld long ago', one({ behind: withheld }), {}, 'waits'],
  ] as const)('%s', (_, debt, state, verdict) => {
    expect(brake([debt], { counted: 0, people: 160, open: undefined, now: NOW, ...state })).toEqual([verdict])
  })

  test.each([
    [open, true, true],
    [over, false, false],
    [{ ...over, since: over.since + 1 }, true, true],
    [released, false, false],
    [withheld, false, true],
  ])('%o', (given, isOpenThen, holdsThen) => {
    expect([isOpen(given, NOW), holds(given, NOW)]).toEqual([isOpenThen, holdsThen])
  })

  const debts = fc.array(
    fc.record({
      person: fc.integer({ min: 0, max: 40 }).map(String),
      isCounted: fc.boolean(),
      behind: fc.constant(undefined),
    }),
    { maxLength: 400 },
  )
  const state = fc.record({ counted: fc.integer({ min: 0, max: 200 }), people: fc.integer({ min: 0, max: 20_000 }) })

  test('never more people count than may lose something, and nobody waits before that', () => {
    fc.assert(
      fc.property(debts, state, (given, { counted, people }) => {
        const verdicts = brake(given, { counted, people, open: undefined, now: NOW })
        const counts = verdicts.filter(each => each === 'counts').length
        expect(counts).toBeLessThanOrEqual(Math.max(0, mayLose(people) - counted))
        if (verdicts.includes('waits')) expect(counted + counts).toBeGreaterThanOrEqual(mayLose(people))
      }),
    )
  })

  test('a person counts once, and what is decided in two parts is decided as in one', () => {
    fc.assert(
      fc.property(debts, state, fc.nat(400), (given, { counted, people }, at) => {
        const fresh = given.map(each => ({ ...each, isCounted: false }))
        const whole = brake(fresh, { counted, people, open: undefined, now: NOW })
        const first = brake(fresh.slice(0, at), { counted, people, open: undefined, now: NOW })
        const known = new Set(fresh.slice(0, at).flatMap(({ person }, i) => (first[i] === 'counts' ? [person] : [])))
        expect(whole.filter(each => each === 'counts').length).toBeLessThanOrEqual(41)
        const second = brake(
          fresh.slice(at).map(each => ({ ...each, isCounted: known.has(each.person) })),
          { counted: counted + known.size, people, open: undefined, now: NOW },
        )
        expect([...first, ...second]).toEqual(whole)
      }),
    )
  })
})

describe('R33: what is known of a target that waits', () => {
  const behind = (target: string, brakeId: string): BrakedTarget => ({ target, brakeId, waits: true })
  const NEWS = behind('merge:NEWS', 'brk_1')
  const aside = (tag: string): SetAside => ({ tag, path: '', code: 'merge_tag_missing', detail: '' })

  test.each([
    ['merge:NEWS', [NEWS], 'brk_1'],
    ['merge:ADS', [NEWS], undefined],
    ['merge:ADS', [behind(EVERY_TARGET, 'brk_0'), NEWS], 'brk_0'],
    ['merge:NEWS', [behind(EVERY_TARGET, 'brk_0'), NEWS], 'brk_1'],
  ])('%s behind %o', (target, braked, brakeId) => {
    expect(behindOf(braked, target)).toBe(brakeId)
  })

  test.each([
    ['nothing is set aside', [], []],
    ['another field is', [aside('ADS')], [EVERY_TARGET]],
    ['this field is, in any case', [aside('news')], [EVERY_TARGET, 'merge:NEWS']],
  ])('is kept where %s', (_, setAside, kept) => {
    const braked = [behind(EVERY_TARGET, 'brk_0'), NEWS]
    expect(unknownOf(braked, setAside).map(({ target }) => target)).toEqual(kept)
  })
})

describe('R33: what is a loss', () => {
  const desired = {
    fields: { 'merge:A': 'false', 'merge:B': 'false', 'merge:C': 'true', 'merge:D': '' },
    retracted: ['merge:A', 'merge:D', 'merge:GONE'],
    setAside: [],
    isStated: true,
    beginning: NO_GRANT,
    lists: [],
  }

  test.each([
    [{ 'merge:A': 'true', 'merge:B': 'true', 'merge:D': 'sport' }, ['merge:A', 'merge:D']],
    [{ 'merge:A': 'false', 'merge:D': 'sport' }, ['merge:D']],
    [{ 'merge:A': 'false', 'merge:D': '' }, []],
    [{}, ['merge:A', 'merge:D']],
  ])('with %o written', (written, keys) => {
    expect(retractedIn(desired, written)).toEqual(keys)
  })

  test('what waits is set aside, what was stated stays', () => {
    const { fields, setAside } = withoutRetracted(desired, ['merge:A', 'merge:GONE'], { 'merge:A': 'true' })
    expect(fields).toEqual({ 'merge:B': 'false', 'merge:C': 'true', 'merge:D': '' })
    expect(setAside).toMatchObject([{ tag: 'A', code: 'many_retractions' }])
  })

  test.each([
    ['a value that was dropped before goes', 'art,film,sport', ['sport', 'art'], 'art,sport'],
    ['all that was written is kept', 'art,film', ['film', 'art', 'sport'], undefined],
    ['nothing was written', '', ['art'], undefined],
    ['it is not known what was written', undefined, ['art'], undefined],
    ['it is no list that was retracted', 'true', undefined, undefined],
  ])('of a list that waits: %s', (_, written, had, left) => {
    const list = { ...desired, fields: { 'merge:D': '' }, ...(had ? { had: { 'merge:D': had } } : {}) }
    const given = written === undefined ? {} : { 'merge:D': written }
    expect(withoutRetracted(list, ['merge:D'], given).fields).toEqual(left === undefined ? {} : { 'merge:D': left })
  })
})
