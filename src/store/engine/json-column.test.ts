import { expect, test } from 'vitest'
import { jsonColumn } from './json-column.ts'

test('a column of JSON gives back what was written, without what is undefined', () => {
  const column = jsonColumn<{ readonly tags: readonly string[]; readonly note?: string | undefined }>()
  expect(column.write({ tags: ['FNAME'], note: undefined })).toBe('{"tags":["FNAME"]}')
  expect(column.read(column.write({ tags: ['FNAME'], note: undefined }))).toEqual({ tags: ['FNAME'] })
})
