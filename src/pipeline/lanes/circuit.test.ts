import { describe, expect, test } from 'vitest'
import { conclusionOf, outcomes } from '../../../test/attempt-builders.ts'
import { aHold, minute, MORNING } from '../../../test/builders.ts'
import { SECOND } from '../../domain/instant.ts'
import { type Outcome } from '../../domain/outcome.ts'
import { Circuit } from './circuit.ts'

const PAUSE = aHold('mailchimp_unavailable')

/** These answers, one a second. */
const answers = (...given: readonly Outcome[]) =>
  given.map((outcome, second) => conclusionOf(outcome, { finishedAt: MORNING + second * SECOND }))

const times = (count: number, outcome: Outcome): Outcome[] => Array.from({ length: count }, () => outcome)

const delivered = outcomes.delivered()

describe('R26: the circuit of a credential', () => {
  test('pauses after ten failures in a row, with what Mailchimp said last', () => {
    const circuit = new Circuit(MORNING)
    expect(circuit.trouble(answers(...times(9, outcomes.failed))), 'nine').toBeUndefined()
    expect(circuit.trouble(answers(outcomes.failed, outcomes.unclear)), 'eleven').toBe('no answer in 30 s')
  })

  test('counts in a row over several turns of the lane, and one success ends the row', () => {
    const circuit = new Circuit(MORNING)
    circuit.trouble(answers(...times(9, outcomes.failed)))
    circuit.trouble(answers(delivered))
    expect(circuit.trouble(answers(...times(9, outcomes.failed)))).toBeUndefined()
  })

  test('pauses when half of twenty answers within a minute failed', () => {
    const half = Array.from({ length: 10 }, () => [delivered, outcomes.failed]).flat()
    const circuit = new Circuit(MORNING)
    expect(circuit.trouble(answers(...half.slice(0, 19))), 'of nineteen').toBeUndefined()
    expect(circuit.trouble(answers(...half.slice(19))), 'of twenty').toBe('Mailchimp answered 500')
  })

  test('does not pause for what is wrong with a contact or a key', () => {
    for (const outcome of [outcomes.refused(), outcomes.absent, outcomes.badKey])
      expect(new Circuit(MORNING).trouble(answers(...times(30, outcome))), outcome.kind).toBeUndefined()
  })

  test('forgets what failed more than a quiet minute ago', () => {
    const circuit = new Circuit(MORNING)
    circuit.trouble(answers(...times(9, outcomes.failed)))
    const later = conclusionOf(outcomes.failed, { finishedAt: minute(2) })
    expect(circuit.trouble([later])).toBeUndefined()
  })

  test('pauses again for the first failure after a pause, until five answers came in order', () => {
    const afterPause = (good: number) => {
      const circuit = new Circuit(MORNING)
      circuit.putOnTrial(PAUSE, MORNING)
      circuit.trouble(answers(...times(good, delivered)))
      return circuit
    }
    expect(afterPause(0).trouble(answers(outcomes.failed)), 'at once').toBe('Mailchimp answered 500')
    expect(afterPause(4).trouble(answers(outcomes.failed)), 'after four').toBe('Mailchimp answered 500')
    expect(afterPause(5).trouble(answers(outcomes.failed)), 'after five').toBeUndefined()
  })

  test('remembers the pause that ended last until Mailchimp has shown that it is back', () => {
    const circuit = new Circuit(MORNING)
    expect(circuit.isOnTrial, 'before any pause').toBe(false)
    circuit.putOnTrial(PAUSE, MORNING)
    circuit.trouble(answers(...times(4, delivered)))
    expect(circuit.paused, 'after four answers').toEqual(PAUSE)
    expect(circuit.isOnTrial, 'after four answers').toBe(true)
    circuit.trouble(answers(delivered))
    expect(circuit.paused, 'after five answers').toBeUndefined()
    expect(circuit.isOnTrial, 'after five answers').toBe(false)
  })

  test('a second pause right after the first remembers the first, so that it lasts longer', () => {
    const circuit = new Circuit(MORNING)
    circuit.putOnTrial(PAUSE, MORNING)
    circuit.trouble(answers(outcomes.failed))
    expect(circuit.paused).toEqual(PAUSE)
  })

  test('a turn without an answer never pauses', () => {
    const circuit = new Circuit(MORNING)
    circuit.trouble(answers(...times(12, outcomes.failed)))
    expect(circuit.trouble([])).toBeUndefined()
  })
})
