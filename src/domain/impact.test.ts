import { describe, expect, test } from 'vitest'
import {
  anEvent,
  audienceOf,
  COOKIES,
  denies,
  grants,
  NEWSLETTER,
  recordOf,
  settingsOf,
  merging,
} from '../../test/builders.ts'
import { decide } from './decide.ts'
import { impactOn } from './impact.ts'
import { type Settings } from './integration.ts'
import { type Fields } from './plan.ts'
import { personFrom } from './together.ts'

const person = 'ada@example.test'
const MAPPED = [{ id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }]
const ALSO = [...MAPPED, { id: 'COOKIES', value: 'consents_purposes_cookies_enabled' }]

const weigh = (settings: Parameters<typeof settingsOf>[0], written?: Fields, mappings = MAPPED) => {
  const through = (own: Settings) =>
    decide({
      of: personFrom({
        facts: [anEvent({ says: [grants(NEWSLETTER), denies(COOKIES)] })],
        feed: 'event',
        person,
        settings: own,
        erasedBy: undefined,
      }),
      settings: own,
      audience: audienceOf('NEWS', 'COOKIES'),
      taken: [],
      refused: {},
      integrationId: 'int_a',
      record: written && recordOf(written),
      person,
      doubts: new Map([[person, 0]]),
    })
  return impactOn({ person, before: through(settingsOf({ mappings })), after: through(settingsOf(settings)) })
}

describe('what another document would do to a person', () => {
  test('nothing when it says the same', () => {
    expect(weigh({ mappings: [...ALSO].reverse() }, undefined, ALSO)).toBeUndefined()
    expect(weigh({ mappings: MAPPED })).toBeUndefined()
    expect(weigh({ mappings: MAPPED, name: 'another name' })).toBeUndefined()
  })

  test('a merge field more', () => {
    expect(weigh({ mappings: ALSO }, merging({ NEWS: 'true' }))).toEqual({
      person,
      do: 'update',
      because: undefined,
      before: merging({ NEWS: 'true' }),
      after: merging({ NEWS: 'true', COOKIES: 'false' }),
    })
  })

  test('a merge field less, with which nothing is sent', () => {
    const mappings = [{ id: 'COOKIES', value: 'consents_purposes_unheard_of_enabled' }]
    expect(weigh({ mappings }, merging({ NEWS: 'true' }))).toMatchObject({
      do: 'skip',
      because: 'nothing_mapped',
      before: merging({ NEWS: 'true' }),
      after: {},
    })
  })

  test('a contact that would be created, or that the person would name no more', () => {
    expect(weigh({ mappings: MAPPED, upsertMode: true })).toMatchObject({ do: 'upsert' })
    expect(weigh({ mappings: MAPPED, options: { match: 'contact_id' } })).toMatchObject({ because: 'unresolvable' })
  })

  test('a merge tag that the audience does not have', () => {
    const impact = weigh({ mappings: [...MAPPED, { id: 'GONE', value: 'consents_purposes_cookies_enabled' }] })
    expect(impact).toMatchObject({ before: merging({ NEWS: 'true' }), after: merging({ NEWS: 'true' }) })
  })
})
