import { describe, expect, test } from 'vitest'
import { answer, assignmentOf, clientSaying, conclusionOf, outcomes } from '../../../test/attempt-builders.ts'
import { aHold, MORNING } from '../../../test/builders.ts'
import { SECOND } from '../../domain/instant.ts'
import { type Outcome } from '../../domain/outcome.ts'
import { type Reply } from '../../mailchimp/client.ts'
import { Circuit } from './circuit.ts'

const PAUSE = aHold('mailchimp_unavailable')
const AWAY: Reply = { kind: 'failure', cause: 'connection_failed', detail: 'ECONNREFUSED', maybeSeen: false }
const THERE = answer(200, { health_status: 'Everything’s Chimpy!' })

/** A circuit whose `/ping` is answered with `pong`, and how often it was asked. */
function circuitWith(pong: Reply = THERE) {
  const asked: string[] = []
  let news = 0
  const circuit = new Circuit({ client: clientSaying(() => pong, asked), clock: () => MORNING, onNews: () => news++ })
  return { circuit, asked, news: () => news }
}

/** So many contacts, one a second, each with this answer. */
const answers = (count: number, outcome: Outcome, name = 'p') =>
  Array.from({ length: count }, (_, index) =>
    conclusionOf(outcome, {
      assignment: { ...assignmentOf(), contact: `${name}${index}` },
      sentAt: MORNING - 60 * SECOND + index * SECOND,
      finishedAt: MORNING - 60 * SECOND + index * SECOND + 300,
    }),
  )

function heard(circuit: Circuit, ...given: Parameters<Circuit['note']>): string | undefined {
  circuit.note(...given)
  return circuit.trouble(...given)
}

describe('R26: the circuit of a credential', () => {
  test('pauses for three different contacts that failed, with what was said last', () => {
    const { circuit } = circuitWith()
    expect(heard(circuit, answers(2, outcomes.failed)), 'two').toBeUndefined()
    const third = answers(3, outcomes.unclear).slice(2)
    expect(heard(circuit, third), 'three').toBe('no answer in 30 s')
  })

  test('does not pause for what is wrong with a contact or a key', () => {
    for (const outcome of [outcomes.refused(), outcomes.absent, outcomes.badKey])
      expect(heard(circuitWith().circuit, answers(30, outcome)), outcome.kind).toBeUndefined()
  })

  test('a turn without an answer never pauses', () => {
    expect(heard(circuitWith().circuit, [])).toBeUndefined()
  })

  test('I21: one contact that always fails has Mailchimp asked, and pauses nothing while it answers', async () => {
    const { circuit, asked, news } = circuitWith()
    for (let n = 0; n < 5; n++) {
      expect(heard(circuit, answers(1, outcomes.failed))).toBeUndefined()
      await circuit.idle()
    }
    expect(asked).toEqual(Array.from({ length: 5 }, () => '/ping'))
    expect(news()).toBe(5)
  })

  test('pauses when /ping fails twice, for one contact', async () => {
    const { circuit } = circuitWith(AWAY)
    expect(heard(circuit, answers(1, outcomes.failed))).toBeUndefined()
    await circuit.idle()
    expect(heard(circuit, answers(1, outcomes.failed))).toBeUndefined()
    await circuit.idle()
    expect(heard(circuit, [])).toBe('ECONNREFUSED')
  })

  test('asks nothing while others succeed, nor twice at a time', async () => {
    const { circuit, asked } = circuitWith()
    heard(circuit, [...answers(2, outcomes.failed), ...answers(3, outcomes.delivered(), 'h')])
    await circuit.idle()
    expect(asked).toEqual([])
    const other = circuitWith()
    heard(other.circuit, answers(1, outcomes.failed))
    heard(other.circuit, answers(1, outcomes.failed))
    await other.circuit.idle()
    expect(other.asked).toEqual(['/ping'])
  })

  test('after a pause leaves those alone that failed, and pauses again for the first other one that fails', () => {
    const { circuit } = circuitWith()
    expect([...circuit.avoided], 'before any pause').toEqual([])
    heard(circuit, answers(3, outcomes.failed))
    circuit.putOnTrial(PAUSE)
    expect([...circuit.avoided]).toEqual(['p0', 'p1', 'p2'])
    expect(heard(circuit, answers(3, outcomes.failed)), 'the same').toBeUndefined()
    expect(heard(circuit, answers(1, outcomes.failed, 'h'))).toBe('Mailchimp answered 500')
    expect(circuit.paused, 'so that the next pause is longer').toEqual(PAUSE)
  })

  test('is back after five successes, or when nobody else is left to ask', () => {
    const { circuit } = circuitWith()
    circuit.putOnTrial(PAUSE)
    heard(circuit, answers(4, outcomes.delivered()))
    expect([circuit.isOnTrial, circuit.paused], 'four').toEqual([true, PAUSE])
    heard(circuit, answers(1, outcomes.delivered(), 'h'))
    expect([circuit.isOnTrial, circuit.paused], 'five').toEqual([false, undefined])
    circuit.putOnTrial(PAUSE)
    circuit.close()
    expect([circuit.isOnTrial, circuit.paused, [...circuit.avoided]], 'closed').toEqual([false, undefined, []])
  })
})
