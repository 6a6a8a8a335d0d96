import { describe, expect, test } from 'vitest'
import { type Reading } from '../../didomi/webhook.ts'
import { tallyOf } from './tally.ts'

const IGNORED: Reading = { kind: 'ignored', why: 'a type that says nothing of preferences' }
const body = (records: number) => ({ sourceId: 'src_a', readings: Array.from({ length: records }, () => IGNORED) })
const of = (bodies: { fresh?: ReturnType<typeof body>[]; repeats?: ReturnType<typeof body>[] }) =>
  tallyOf({ fresh: [], repeats: [], facts: [], appended: new Set(), hidden: [], ...bodies })

describe('I16: where the records of a body are counted', () => {
  test.each([1, 2, 7])('all %i of one that came before are repeats', records => {
    expect(of({ repeats: [body(records)] })).toEqual([{ sourceId: 'src_a', kind: 'duplicate', family: '', n: records }])
  })

  test('those of several bodies of a source are counted together', () => {
    expect(of({ repeats: [body(2), body(3)], fresh: [body(1), body(4)] })).toEqual([
      { sourceId: 'src_a', kind: 'duplicate', family: '', n: 5 },
      { sourceId: 'src_a', kind: 'ignored', family: '', n: 5 },
    ])
  })

  test('a body without records is counted nowhere', () => {
    expect(of({ repeats: [body(0)], fresh: [body(0)] })).toEqual([])
  })
})
