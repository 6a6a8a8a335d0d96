import { expect, test } from 'vitest'
import { EMPTY_DRAFT } from './draft.ts'
import { draftFrom, draftText } from './stored-draft.ts'

test('a draft is kept with everything but its key', () => {
  const draft = {
    ...EMPTY_DRAFT,
    name: 'News',
    apiKey: 'secret-us6',
    audienceId: 'a1',
    mappings: [{ id: 'A', value: 'country' }],
  }
  expect(draftText(draft)).not.toContain('secret')
  expect(draftFrom(draftText(draft))).toEqual({ ...draft, apiKey: '' })
})

test.each([null, '', '{', 'null', '{}', '{"options":null}'])('%j is an empty draft', text => {
  expect(draftFrom(text)).toEqual(EMPTY_DRAFT)
})
