import { describe, expect, test } from 'vitest'
import { settingsOf } from '../../test/builders.ts'
import { leavesBehind, renamesContacts } from './left-behind.ts'

const NEWS = { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }
const OFFERS = { id: 'OFFERS', value: 'consents_purposes_offers_enabled' }
const before = settingsOf({ mappings: [NEWS, OFFERS] })

describe('R16f: a document that speaks of fewer contacts or fields', () => {
  test.each<[what: string, after: Parameters<typeof settingsOf>[0], leaves: boolean, renames: boolean]>([
    ['the same', {}, false, false],
    ['switched off', { enabled: false }, true, false],
    ['of another audience', { audienceId: 'another' }, true, true],
    ['of another data centre', { dataCentre: 'us7' }, true, true],
    ['with another match', { options: { match: 'metadata_email' } }, true, true],
    ['without one of the tags', { mappings: [NEWS] }, true, false],
    ['with a tag in small letters', { mappings: [{ ...NEWS, id: 'news' }, OFFERS] }, false, false],
    ['with one tag more', { mappings: [NEWS, OFFERS, { ...NEWS, id: 'MORE' }] }, false, false],
    ['with another path for a tag', { mappings: [{ ...NEWS, value: OFFERS.value }, OFFERS] }, false, false],
    ['with another name', { name: 'the shop' }, false, false],
  ])('%s', (_, after, leaves, renames) => {
    const settings = settingsOf({ mappings: [NEWS, OFFERS], ...after })
    expect([leavesBehind(before, settings), renamesContacts(before, settings)]).toEqual([leaves, renames])
  })

  test('one that was switched off leaves nothing more behind by staying so', () => {
    const off = { ...before, enabled: false }
    expect(leavesBehind(off, off)).toBe(false)
  })
})
