import { describe, expect, test } from 'vitest'
import { AMBIGUOUS, replyOf, retry, type DocumentedError } from '../../test/documented-error.ts'
import { DOCUMENTED_ERRORS } from '../../test/documented-errors.ts'
import { merging } from '../../test/builders.ts'
import { afterAttempt, type Debt } from '../domain/delivery.ts'
import { DAY, HOUR } from '../domain/instant.ts'
import { type Outcome } from '../domain/outcome.ts'
import { classifyTrouble, classifyWrite } from './classify.ts'
import { type Reply } from './client.ts'

const NOW = Date.parse('2024-05-02T10:00:00Z')
const STATUSES = Array.from({ length: 300 }, (_, index) => 300 + index)

const reply = (status: number, json: unknown): Reply => ({
  kind: 'answer',
  status,
  json,
  retryAfter: undefined,
  requestId: undefined,
})
const problem = (status: number, title: string) => ({ type: 'x', title, status, detail: 'No.', instance: 'c0ffee' })

/** Mailchimp's problem documents that end a debt or hold anything, as the table has them. */
const TABLE = DOCUMENTED_ERRORS.filter(({ page, means }) => page === undefined && means.kind !== 'retry')
const TITLES = [...new Set(TABLE.map(({ title = '' }) => title))]
const ABOUT_THE_KEY = [401, 402]
const wordsOf = ({ status, title = '' }: Pick<DocumentedError, 'status' | 'title'>) =>
  `${status} ${title.replaceAll(' ', '')}`
const FINAL = new Set(TABLE.map(wordsOf))

/** What may come in a body; `title` is Mailchimp's, in its own problem document. */
const FORMS: readonly { readonly name: string; readonly json: (status: number) => unknown; readonly title?: string }[] =
  [
    { name: 'no JSON', json: () => undefined },
    {
      name: 'an unknown title of Mailchimp’s',
      json: status => problem(status, 'Something New'),
      title: 'Something New',
    },
    { name: 'no title', json: status => problem(status, ''), title: '' },
    ...TITLES.map(title => ({ name: title, json: (status: number) => problem(status, title), title })),
    // Somebody else's.
    { name: 'a message', json: () => ({ message: 'Forbidden' }) },
    { name: 'an error', json: () => ({ error: 'invalid_token', error_description: 'No.' }) },
    { name: 'null', json: () => null },
    { name: 'a list', json: () => [] },
    { name: 'a text', json: () => 'Not Found' },
    { name: 'a known title without a status', json: () => ({ title: 'Resource Not Found', detail: 'No.' }) },
    { name: 'a known title without a detail', json: status => ({ title: 'Resource Not Found', status }) },
    { name: 'the document of another status', json: () => problem(299, 'Method Not Allowed') },
    {
      name: 'the edge',
      json: status => ({ type: 'akamai_error_message', title: 'Member Exists', status, detail: 'No.' }),
    },
  ]

const CASES = STATUSES.flatMap(status =>
  FORMS.map(({ name, json, title }) => ({
    name: `${status}, ${name}`,
    reply: reply(status, json(status)),
    status,
    title,
  })),
)
const isInTable = ({ status, title }: (typeof CASES)[number]): boolean =>
  title !== undefined && (FINAL.has(wordsOf({ status, title })) || ABOUT_THE_KEY.includes(status))

const PATCH = { do: 'update', fields: merging({ NEWS: 'false' }) } as const
const PUT = { ...PATCH, do: 'upsert' } as const
const debt = (over: Partial<Debt> = {}): Debt => ({
  failed: 0,
  firstFailedAt: undefined,
  carriesWithdrawal: false,
  ...over,
})
const next = (own: Debt, outcome: Outcome, now = NOW) => afterAttempt(own, outcome, [], { now, dice: 0.5 })

describe('R25: every status from 300 to 599, with every kind of body', () => {
  test.each([
    ['a grant', false],
    ['a withdrawal', true],
  ])(
    'I7 I17: %s waits and is tried again, unless the table says that Mailchimp is done with it',
    (_, carriesWithdrawal) => {
      for (const written of [PATCH, PUT]) {
        const ended = CASES.filter(each => {
          const { status } = next(debt({ carriesWithdrawal }), classifyWrite(each.reply, written, NOW))
          return status !== 'waiting' && !isInTable(each)
        })
        expect(ended.map(({ name }) => name)).toEqual([])
      }
    },
  )

  test('nothing is held that the table does not hold, for a request that writes no contact either', () => {
    const held = CASES.filter(each => {
      const outcomes = [classifyWrite(each.reply, PATCH, NOW), classifyTrouble(each.reply, NOW)]
      return outcomes.some(({ kind }) => kind !== 'retry') && !isInTable(each)
    })
    expect(held.map(({ name }) => name)).toEqual([])
  })

  test('I17: a withdrawal that gets such an answer for a month is still tried, and a grant ends as expired', () => {
    for (const each of CASES.filter(given => !isInTable(given))) {
      const outcome = classifyWrite(each.reply, PATCH, NOW)
      const old = { failed: 200, firstFailedAt: NOW - 30 * DAY }
      const withdrawal = next(debt({ ...old, carriesWithdrawal: true }), outcome)
      expect(withdrawal.status, each.name).toBe('waiting')
      expect(withdrawal.dueAt, each.name).toBeLessThanOrEqual(NOW + 1.2 * HOUR)
      expect(['waiting', 'dead']).toContain(next(debt(old), outcome).status)
    }
  })

  test('what only a status says: load, a time-out and failing servers', () => {
    const outcomeOf = (status: number, title?: string) =>
      classifyWrite(reply(status, title === undefined ? undefined : problem(status, title)), PATCH, NOW)
    for (const title of [undefined, 'Something New']) {
      expect(outcomeOf(408, title)).toMatchObject(retry('timed_out', AMBIGUOUS))
      expect(outcomeOf(429, title)).toMatchObject(retry('throttled', { throttled: true }))
      for (const status of [500, 502, 504, 599])
        expect(outcomeOf(status, title)).toMatchObject(retry('server_error', AMBIGUOUS))
    }
    for (const status of [300, 302, 407, 410, 421]) {
      expect(outcomeOf(status)).toMatchObject(retry('answer_unreadable'))
      expect(outcomeOf(status, 'Something New')).toMatchObject(retry('answer_unknown'))
    }
  })

  test('every row of the table is still what it says, so that nothing final was lost', () => {
    const written = { PUT, PATCH } as const
    for (const row of TABLE)
      for (const asked of row.to ?? (['PUT', 'PATCH'] as const)) {
        if (asked === 'other') continue
        expect(classifyWrite(replyOf(row), written[asked], NOW).kind, wordsOf(row)).toBe(row.means.kind)
      }
  })
})
