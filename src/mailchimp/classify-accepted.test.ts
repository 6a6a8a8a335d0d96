import { describe, expect, test } from 'vitest'
import { type Outcome } from '../domain/outcome.ts'
import { classifyWrite } from './classify.ts'
import { type Reply } from './client.ts'
import { merging } from '../../test/builders.ts'

const NOW = Date.parse('2024-05-02T10:00:00Z')
const SENT = { do: 'update', fields: merging({ NEWS: 'true' }) } as const

const answer = (status: number, json?: unknown): Reply => ({
  kind: 'answer',
  status,
  json,
  retryAfter: undefined,
  requestId: undefined,
})

describe('R14: what Mailchimp holds is compared with what was sent', () => {
  const write = (sent: Readonly<Record<string, string | number>>, merge_fields: unknown): Outcome =>
    classifyWrite(answer(200, { merge_fields }), { do: 'update', fields: merging(sent) }, NOW)

  test.each<[string, string | number, unknown, 'accepted' | 'dropped']>([
    ['a yes', 'true', 'true', 'accepted'],
    ['a yes that became a no', 'true', 'false', 'dropped'],
    ['a no that became a yes', 'false', 'true', 'dropped'],
    ['a no that became nothing', 'false', '', 'dropped'],
    ['a yes echoed as a boolean', 'true', true, 'dropped'],
    ['a tag that is not there', 'true', undefined, 'dropped'],
    ['a number echoed as one', 12, 12, 'accepted'],
    ['a number echoed as text', 12, '12', 'accepted'],
    ['nought', 0, 0, 'accepted'],
    ['a number that became nothing', 12, '', 'dropped'],
    ['a date in Mailchimp’s own spelling', '2024-05-02', '05/02/2024', 'accepted'],
    ['text that became nothing', 'sport', '', 'dropped'],
    ['text that became null', 'sport', null, 'dropped'],
    ['a cleared value', '', '', 'accepted'],
    ['a value that was not cleared', '', 'sport', 'dropped'],
    ['a cleared value of a tag that is not there', '', undefined, 'dropped'],
  ])('%s', (_, sent, held, expected) => {
    const outcome = write({ A: sent, B: 'kept' }, { A: held, B: 'kept', EMAIL_TYPE: '' })
    if (expected === 'accepted')
      expect(outcome).toEqual({ kind: 'delivered', accepted: merging({ A: sent, B: 'kept' }), dropped: [] })
    else expect(outcome).toEqual({ kind: 'delivered', accepted: merging({ B: 'kept' }), dropped: ['merge:A'] })
  })

  test('tags named like something every object has are looked up among its own', () => {
    expect(write({ constructor: 'true' }, {})).toMatchObject({ dropped: ['merge:constructor'] })
  })
  test('an audience without merge fields holds none', () => {
    expect(write({ NEWS: 'true' }, [])).toEqual({ kind: 'delivered', accepted: {}, dropped: ['merge:NEWS'] })
  })
  test.each([[undefined], [null], [{}], [[]], ['x'], [{ merge_fields: null }], [{ merge_fields: 'x' }]])(
    'R22: a 200 that says %j may or may not have been applied',
    json => {
      for (const status of [200, 204])
        expect(classifyWrite(answer(status, json), SENT, NOW)).toMatchObject({
          kind: 'retry',
          cause: 'answer_unreadable',
          ambiguous: true,
        })
    },
  )
})
