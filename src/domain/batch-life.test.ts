import { describe, expect, test } from 'vitest'
import { afterNews, type Batch, type BatchNews, type BatchStep } from './batch-life.ts'
import { DEADLINE, LOST_LIFETIME, REFUSED_PAUSE } from './batch.ts'
import { MINUTE, SECOND } from './instant.ts'

const MADE = 1_000_000_000
const WINDOW = 130 * SECOND

const batch = (over: Partial<Batch> = {}): Batch => ({
  id: 'bat_1',
  credentialId: 'crd_1',
  mailchimpId: 'mc_1',
  state: 'submitted',
  operations: 3,
  finished: 0,
  errored: 0,
  detail: undefined,
  createdAt: MADE,
  submittedAt: MADE,
  pollAt: MADE,
  deadlineAt: MADE + DEADLINE,
  endedAt: undefined,
  ...over,
})

const SOON = MADE + 10 * MINUTE
const LATE = MADE + DEADLINE
const counts = { finished: 1, errored: 0 }

/** The steps in short: what to do, and until or at which time after now. */
function steps(news: BatchNews, now: number, over: Partial<Batch> = {}): string[] {
  return afterNews(batch(over), news, { now, windowMs: WINDOW }).map(step => inShort(step, now))
}

function inShort(step: BatchStep, now: number): string {
  switch (step.do) {
    case 'note_submitted':
    case 'look_at':
      return `${step.do} +${step.pollAt - now}`
    case 'pause_gathering':
      return `${step.do} +${step.until - now}`
    case 'give_up':
      return `${step.state} +${step.until - now}: ${step.detail}`
    default:
      return step.do
  }
}

const LOOK = `look_at +${MINUTE}`

describe('R28: what to do about a batch', () => {
  const handed: Partial<Batch> = { state: 'submitting', mailchimpId: undefined, submittedAt: undefined }

  test.each<[string, BatchNews, number, string[]]>([
    ['taken by Mailchimp', { kind: 'submitted', mailchimpId: 'mc' }, SOON, [`note_submitted +${5 * SECOND}`]],
    [
      'taken, and cut short meanwhile: looked at now',
      { kind: 'submitted', mailchimpId: 'mc' },
      LATE,
      ['note_submitted +0'],
    ],
    [
      'refused',
      { kind: 'not_submitted', detail: 'no', isUnclear: false },
      SOON,
      [`pause_gathering +${REFUSED_PAUSE}`, 'cancelled +0: no'],
    ],
    [
      'refused unclearly: Mailchimp may run it within a day',
      { kind: 'not_submitted', detail: 'timed out', isUnclear: true },
      SOON,
      [`pause_gathering +${REFUSED_PAUSE}`, `lost +${LOST_LIFETIME}: timed out`],
    ],
    [
      'found after a crash',
      { kind: 'found' },
      SOON,
      [`lost +${LOST_LIFETIME}: it is not known whether it was handed in`],
    ],
    ['a step failed', { kind: 'failed' }, SOON, [`lost +${MADE + LOST_LIFETIME - SOON}: a step failed`]],
  ])('that is being handed in: %s', (_, news, now, expected) => {
    expect(steps(news, now, handed)).toEqual(expected)
  })

  test.each<[string, BatchNews, string[]]>([
    ['runs', { kind: 'running', ...counts }, [LOOK]],
    ['could not be looked at', { kind: 'not_seen' }, [LOOK]],
    ['ran', { kind: 'ran', ...counts, hasResults: true }, [LOOK, 'assert_passed', 'read_results']],
    ['ran, without an address of its results', { kind: 'ran', ...counts, hasResults: false }, [LOOK, 'assert_passed']],
    ['is gone', { kind: 'gone' }, [`lost +${WINDOW}: Mailchimp does not know it any more`]],
    ['has its results', { kind: 'results' }, ['record_results']],
    ['has unreadable results', { kind: 'no_results' }, [LOOK]],
    ['was cancelled', { kind: 'cancelled' }, [`cancelled +${WINDOW}: it was not wanted any longer`]],
    ['was not cancelled this time', { kind: 'not_cancelled', mayTryAgain: true }, [LOOK]],
    [
      'cannot be cancelled',
      { kind: 'not_cancelled', mayTryAgain: false },
      [`lost +${MADE + LOST_LIFETIME - SOON}: Mailchimp does not let it be cancelled`],
    ],
    ['met a step that failed', { kind: 'failed' }, [LOOK]],
    ['was found after a crash', { kind: 'found' }, []],
    ['cannot be asked about', { kind: 'key_refused' }, []],
  ])('in time that %s', (_, news, expected) => {
    expect(steps(news, SOON)).toEqual(expected)
  })

  test.each<[string, BatchNews, string[]]>([
    ['runs', { kind: 'running', ...counts }, [LOOK, 'cancel']],
    ['could not be looked at', { kind: 'not_seen' }, [LOOK, 'cancel']],
    ['ran', { kind: 'ran', ...counts, hasResults: true }, [LOOK, 'assert_passed', 'read_results']],
    [
      'ran, without an address of its results',
      { kind: 'ran', ...counts, hasResults: false },
      [LOOK, 'assert_passed', 'lost +0: its results could not be read in time'],
    ],
    ['has unreadable results', { kind: 'no_results' }, ['lost +0: its results could not be read in time']],
    ['was not cancelled this time', { kind: 'not_cancelled', mayTryAgain: true }, [LOOK]],
    ['met a step that failed', { kind: 'failed' }, [`lost +${MADE + LOST_LIFETIME - LATE}: a step failed`]],
    [
      'cannot be asked about',
      { kind: 'key_refused' },
      [`lost +${MADE + LOST_LIFETIME - LATE}: its key is not accepted any more`],
    ],
  ])('late that %s', (_, news, expected) => {
    expect(steps(news, LATE)).toEqual(expected)
  })

  test('a cancellation is not tried for longer than Mailchimp may run a batch', () => {
    const news = { kind: 'not_cancelled', mayTryAgain: true } as const
    expect(steps(news, MADE + LOST_LIFETIME - 1)).toEqual([LOOK])
    expect(steps(news, MADE + LOST_LIFETIME)).toEqual(['lost +0: Mailchimp does not let it be cancelled'])
  })

  test('the waits between looks double from 5 s to a minute', () => {
    const wait = (age: number) => steps({ kind: 'running', ...counts }, MADE + age)
    expect([0, 5, 20, 60, 600].map(age => wait(age * SECOND)[0])).toEqual(
      [5, 5, 20, 60, 60].map(seconds => `look_at +${seconds * SECOND}`),
    )
  })

  test('every end comes at once or never: what is given up is followed by nothing', () => {
    const news: readonly BatchNews[] = [
      { kind: 'running', ...counts },
      { kind: 'ran', ...counts, hasResults: false },
      { kind: 'not_seen' },
      { kind: 'gone' },
      { kind: 'no_results' },
      { kind: 'cancelled' },
      { kind: 'not_cancelled', mayTryAgain: true },
      { kind: 'failed' },
      { kind: 'key_refused' },
    ]
    for (const each of news)
      for (const now of [SOON, LATE, MADE + LOST_LIFETIME]) {
        const all = afterNews(batch(), each, { now, windowMs: WINDOW }).map(step => step.do)
        expect(all.indexOf('give_up')).toBeOneOf([-1, all.length - 1])
      }
  })
})
