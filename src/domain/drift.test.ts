import { describe, expect, test } from 'vitest'
import { audienceOf, mergeField, merging } from '../../test/builders.ts'
import { driftOf } from './drift.ts'
import { nameOf } from './target.ts'

const AUDIENCE = audienceOf('NEWS', mergeField('LEVEL', 'number'), mergeField('DAY', 'date'))

describe('what a contact holds and should not', () => {
  test.each([
    ['the same', { NEWS: 'true' }, { NEWS: 'true' }, []],
    ['another', { NEWS: 'true' }, { NEWS: 'false' }, ['NEWS']],
    ['nothing', { NEWS: 'true' }, { NEWS: '' }, ['NEWS']],
    ['no such field', { NEWS: 'true' }, {}, ['NEWS']],
    ['more than is mapped', { NEWS: 'true' }, { NEWS: 'true', FNAME: 'Ada' }, []],
    ['a number, spelled otherwise', { LEVEL: 7 }, { LEVEL: '7.0' }, []],
    ['another number', { LEVEL: 7 }, { LEVEL: 8 }, ['LEVEL']],
    ['no number', { LEVEL: 0 }, { LEVEL: '' }, ['LEVEL']],
    ['a date, in the spelling of Mailchimp', { DAY: '2026-11-20' }, { DAY: '11/20/2026' }, []],
    ['no date', { DAY: '2026-11-20' }, { DAY: '' }, ['DAY']],
    ['a date where none should be', { DAY: '' }, { DAY: '2026-11-20' }, ['DAY']],
    ['nothing of what is not said', {}, { NEWS: 'true' }, []],
  ])('%s', (_, should, held, drift) => {
    expect(driftOf(merging<string | number>(should), merging<string | number>(held), AUDIENCE).map(nameOf)).toEqual(
      drift,
    )
  })
})
