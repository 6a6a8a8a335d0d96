import { expect, test } from 'vitest'
import { mergeNewest } from './merge-newest.ts'

const row = (id: number, status = 'waiting') => ({ id: String(id), status })
const page = (rows: readonly ReturnType<typeof row>[], next_cursor: string | null = null) => ({
  data: rows,
  next_cursor,
})

test('new rows come on top, once, and known rows take their newest state', () => {
  const pages = [page([row(2), row(1)], 'b'), page([row(0)])]
  const merged = mergeNewest(pages, page([row(4), row(3), row(2, 'delivered')], 'c'))
  expect(merged).toEqual([page([row(4), row(3), row(2, 'delivered'), row(1)], 'b'), page([row(0)])])
})

test('the same newest page again changes nothing', () => {
  const pages = [page([row(2), row(1)], 'b')]
  expect(mergeNewest(pages, page([row(2), row(1)], 'b'))).toEqual(pages)
})

test('a list that was empty takes what comes', () => {
  expect(mergeNewest([page([])], page([row(1)]))).toEqual([page([row(1)])])
})

test('when nothing of the newest page is known, rows between are missing', () => {
  expect(mergeNewest([page([row(1)])], page([row(9), row(8)], 'c'))).toBeUndefined()
})
