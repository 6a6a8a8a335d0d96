import { describe, expect, test } from 'vitest'
import { audienceOf, mergeField, settingsOf } from '../../test/builders.ts'
import { type Options } from './options.ts'
import { notesOn, reviewAdmission, reviewMapping } from './review.ts'

const YES_NO = 'consents_purposes_newsletter_enabled'
const LIST = 'consents_purposes_newsletter_values_topics_value'
const AUDIENCE = audienceOf(
  'NEWSLETTER',
  mergeField('AGE', 'number'),
  mergeField('ADDRESS', 'address'),
  mergeField('YESNO', 'radio', ['true', 'false']),
  mergeField('PLAN', 'dropdown', ['free', 'gold']),
)
const review = (id: string, value: string) => reviewMapping({ mappings: [{ id, value }] }, AUDIENCE)

describe('R14: a mapping is checked against the audience', () => {
  test.each([
    ['NEWSLETTER', YES_NO],
    ['newsletter', YES_NO],
    ['NEWSLETTER', LIST],
    ['YESNO', YES_NO],
    ['YESNO', `${YES_NO}_li`],
    ['PLAN', 'metadata_plan'],
    ['AGE', 'metadata_age'],
  ])('%s from %s works', (id, value) => {
    expect(review(id, value)).toEqual([])
  })

  test.each([
    ['NEWSLETER', YES_NO, 'merge_tag_missing'],
    ['EMAIL', 'organization_user_id', 'merge_tag_missing'],
    ['AGE', YES_NO, 'merge_field_mismatch'],
    ['AGE', `${YES_NO}_li`, 'merge_field_mismatch'],
    ['PLAN', YES_NO, 'merge_field_mismatch'],
    ['ADDRESS', 'metadata_address', 'merge_field_mismatch'],
    ['ADDRESS', YES_NO, 'merge_field_mismatch'],
  ])('%s from %s cannot: %s', (id, value, code) => {
    expect(review(id, value)).toMatchObject([{ path: 'mappings[0].id', code }])
  })

  test('every problem is told at once, each with its place and a remedy', () => {
    const mappings = [
      { id: 'GONE', value: YES_NO },
      { id: 'NEWSLETTER', value: YES_NO },
      { id: 'AGE', value: YES_NO },
    ]
    const problems = reviewMapping({ mappings }, AUDIENCE)
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['mappings[0].id', 'merge_tag_missing'],
      ['mappings[2].id', 'merge_field_mismatch'],
    ])
    for (const { detail, remedy } of problems) {
      expect(detail).toMatch(/GONE|AGE/)
      expect(remedy).not.toBe('')
    }
  })
})

describe('R20: what an audience asks of new contacts', () => {
  const OPEN = { doubleOptIn: false, marketingPermissions: false }
  const CONFIRMS = { ...OPEN, doubleOptIn: true }
  const creating = (options: Partial<Options> = {}, upsertMode = true) => settingsOf({ upsertMode, options })
  const SUBSCRIBED = { newContactStatus: 'subscribed' } as const

  test('with double opt-in nobody is subscribed who did not confirm', () => {
    const [problem, ...rest] = reviewAdmission(creating(SUBSCRIBED), CONFIRMS)
    expect(problem).toMatchObject({ path: 'options.new_contact_status', code: 'double_opt_in' })
    expect(problem?.remedy).toContain('"pending"')
    expect(problem?.remedy).toContain('options.opt_in_confirmed_elsewhere')
    expect(rest).toEqual([])
  })

  test.each<[what: string, settings: ReturnType<typeof settingsOf>, admission: typeof OPEN]>([
    ['another audience', creating(SUBSCRIBED), OPEN],
    ['pending contacts', creating({ newContactStatus: 'pending' }), CONFIRMS],
    ['transactional contacts', creating(), CONFIRMS],
    ['unsubscribed contacts', creating({ newContactStatus: 'unsubscribed' }), CONFIRMS],
    ['an opt-in that was confirmed elsewhere', creating({ ...SUBSCRIBED, optInConfirmedElsewhere: true }), CONFIRMS],
    ['an integration that creates nobody', creating(SUBSCRIBED, false), CONFIRMS],
  ])('that is no matter of %s', (_, settings, admission) => {
    expect(reviewAdmission(settings, admission)).toEqual([])
  })

  test('with marketing permissions new contacts are opted out, which is said', () => {
    const asks = { ...OPEN, marketingPermissions: true }
    expect(notesOn(creating(), asks)).toMatchObject([{ code: 'marketing_permissions' }])
    expect(notesOn(creating({}, false), asks)).toEqual([])
    expect(notesOn(creating(), CONFIRMS)).toEqual([])
  })
})
