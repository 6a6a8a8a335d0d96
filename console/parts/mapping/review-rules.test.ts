import { describe, expect, test } from 'vitest'
import { reviewRules, unmappedPaths, type Known } from './review-rules.ts'

const NEWS = 'consents_purposes_news_enabled'
const field = (tag: string, type = 'text', choices: string[] = []) => ({ tag, name: tag, type, choices })
const seen = (path: string) => ({ path, place: path, kind: 'yes_no' as const, people: 1, samples: [] })

const KNOWN: Known = {
  fields: [field('NEWS'), field('AGE', 'number'), field('HOME', 'address'), field('YESNO', 'radio', ['true', 'false'])],
  paths: [seen(NEWS), seen('country')],
}
const codesOf = (id: string, value: string, known: Known = KNOWN) =>
  reviewRules([{ id, value }], known)[0]?.map(({ kind, code }) => `${kind} ${code}`)

describe('a rule', () => {
  test.each([
    ['NEWS', NEWS],
    ['news', NEWS],
    ['YESNO', NEWS],
    ['', ''],
  ])('%s from %s raises no remark', (id, value) => {
    expect(codesOf(id, value)).toEqual([])
  })

  test.each([
    ['AGE', NEWS, ['wrong type']],
    ['HOME', 'country', ['wrong type']],
    ['AGE', 'country', ['doubt type']],
    ['GONE', NEWS, ['wrong tag_missing']],
    ['email', 'country', ['wrong reserved']],
    ['NEWS', 'consents_purposes_nwes_enabled', ['doubt unseen']],
    ['NEWS', '', ['wrong incomplete']],
    ['', NEWS, ['wrong incomplete']],
  ])('%s from %s raises %j', (id, value, codes) => {
    expect(codesOf(id, value)).toEqual(codes)
  })

  test('is not said to be wrong by what could not be loaded', () => {
    expect(codesOf('GONE', 'consents_purposes_new_enabled', { fields: undefined, paths: undefined })).toEqual([])
  })

  test('no path is doubted while the source has told nothing', () => {
    expect(codesOf('NEWS', 'country', { ...KNOWN, paths: [] })).toEqual([])
  })
})

test('of two rules for one merge tag the second collides, whatever the case', () => {
  const rules = [
    { id: 'NEWS', value: NEWS },
    { id: 'news', value: 'country' },
  ]
  expect(reviewRules(rules, KNOWN).map(remarks => remarks.map(({ code }) => code))).toEqual([[], ['collision']])
})

test('what no rule reads is unmapped', () => {
  expect(unmappedPaths([{ id: 'NEWS', value: NEWS }], KNOWN.paths ?? []).map(({ path }) => path)).toEqual(['country'])
})
