import {
  closed,
  isSuspicious,
  isTripped,
  isTrouble,
  newBreaker,
  noted,
  onTrial,
  pinged,
  type Breaker,
} from '../../domain/breaker.ts'
import { type Hold } from '../../domain/hold.ts'
import { ping } from '../../mailchimp/audience.ts'
import { type Client } from '../../mailchimp/client.ts'
import { type Conclusion } from '../delivery/conclude.ts'

type CircuitDeps = {
  readonly client: Client
  readonly clock: () => number
  /** A ping was answered, or not. */
  readonly onNews: () => void
}

const NONE: ReadonlySet<string> = new Set()

/** R26: what the answers to one credential say about Mailchimp itself. */
export class Circuit {
  readonly #deps: CircuitDeps
  #breaker: Breaker = newBreaker()
  /** The pause that ended last, until Mailchimp has shown that it is back. */
  #paused: Hold | undefined
  /** What Mailchimp, or the network, said last that was no answer to the request. */
  #said = ''
  #pinging: Promise<void> | undefined

  constructor(deps: CircuitDeps) {
    this.#deps = deps
  }

  get paused(): Hold | undefined {
    return this.#paused
  }

  /** After a pause Mailchimp has yet to show that it is back. */
  get isOnTrial(): boolean {
    return this.#breaker.trial > 0
  }

  /** Contacts that the trial leaves alone, since their failures prove nothing. */
  get avoided(): ReadonlySet<string> {
    return this.isOnTrial ? this.#breaker.failing : NONE
  }

  /** From here on the first contact that fails is one too many. */
  putOnTrial(paused: Hold): void {
    this.#paused = paused
    this.#breaker = onTrial(this.#breaker)
  }

  /** Only contacts that fail are left to ask. */
  close(): void {
    this.#paused = undefined
    this.#breaker = closed(this.#breaker)
  }

  note(answered: readonly Conclusion[]): void {
    for (const { assignment, outcome, sentAt, finishedAt } of answered) {
      this.#breaker = noted(this.#breaker, { contact: assignment.contact, outcome, sentAt, finishedAt })
      if (isTrouble(outcome) && 'detail' in outcome) this.#said = outcome.detail
    }
    if (!this.isOnTrial) this.#paused = undefined
  }

  /** Does Mailchimp itself fail, so that delivery must pause and no contact pays for it? Gives what it said. */
  trouble(answered: readonly Conclusion[]): string | undefined {
    if (isTripped(this.#breaker, this.#deps.clock())) return this.#said
    if (isSuspicious(this.#breaker) && answered.some(({ outcome }) => isTrouble(outcome))) this.#ask()
    return undefined
  }

  /** No ping is under way. */
  async idle(): Promise<void> {
    await this.#pinging
  }

  #ask(): void {
    const { client, clock, onNews } = this.#deps
    this.#pinging ??= ping(client, clock())
      .then(read => {
        this.#breaker = pinged(this.#breaker, read.kind !== 'retry')
        if (read.kind === 'retry') this.#said = read.detail
      })
      .finally(() => {
        this.#pinging = undefined
        onNews()
      })
  }
}
