import { isTripped, isTrouble, newBreaker, noted, onTrial, type Breaker } from '../../domain/breaker.ts'
import { type Hold } from '../../domain/hold.ts'
import { type Conclusion } from '../delivery/conclude.ts'

/** R26: what the answers to one credential say about Mailchimp itself. */
export class Circuit {
  #breaker: Breaker
  /** The pause that ended last, until Mailchimp has shown that it is back. */
  #paused: Hold | undefined

  constructor(now: number) {
    this.#breaker = newBreaker(now)
  }

  get paused(): Hold | undefined {
    return this.#paused
  }

  /** After a pause Mailchimp has yet to show that it is back. */
  get isOnTrial(): boolean {
    return this.#breaker.trial > 0
  }

  /** From here on the first failure is one too many. */
  putOnTrial(paused: Hold, now: number): void {
    this.#paused = paused
    this.#breaker = onTrial(now)
  }

  /** Does Mailchimp itself fail, so that delivery must pause and no contact pays for it? Gives what it said. */
  trouble(answered: readonly Conclusion[]): string | undefined {
    for (const { outcome, finishedAt } of answered) this.#breaker = noted(this.#breaker, outcome, finishedAt)
    if (!this.isOnTrial) this.#paused = undefined
    const last = answered.map(({ outcome }) => outcome).findLast(isTrouble)
    return last && 'detail' in last && isTripped(this.#breaker) ? last.detail : undefined
  }
}
