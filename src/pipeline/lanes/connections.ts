import {
  begin,
  end,
  givenBack,
  haunted,
  manyBegun,
  MOST_CONNECTIONS,
  newGovernor,
  resized,
  room,
  type End,
  type Governor,
} from '../../domain/governor.ts'

/** Wakes a lane that waits for something of another one. */
export type Wake = () => void

/** What a lane reserved for its next requests, and what became of that. */
type Reserved = { readonly wanted: number; readonly granted: number; readonly used: number }

/**
 * The connections of one Mailchimp user, for all its keys together (R24, I13). Lanes that wait for one get them in turn.
 * Requests beside the deliveries come before both, and are few.
 */
export class Connections {
  readonly #clock: () => number
  #governor: Governor = newGovernor(MOST_CONNECTIONS)
  /** In the order of their turns. */
  readonly #waiting = new Set<Wake>()
  #calls: readonly (() => void)[] = []

  constructor(clock: () => number) {
    this.#clock = clock
  }

  /** Several keys leave one connection for a question with each of them. */
  divide(keys: number): void {
    this.#governor = resized(this.#governor, keys > 1 ? Math.max(1, MOST_CONNECTIONS - keys) : MOST_CONNECTIONS)
    this.#pass()
  }

  haunt(ghosts: readonly number[]): void {
    this.#governor = haunted(this.#governor, ghosts)
  }

  /** Takes as many connections as are wanted and free, but leaves one for each lane whose turn comes before. */
  reserve(wanted: number, lane: Wake): number {
    const turn = [...this.#waiting].indexOf(lane)
    const before = turn === -1 ? this.#waiting.size : turn
    const granted = Math.min(wanted, Math.max(0, this.#room() - before))
    this.#governor = manyBegun(this.#governor, granted)
    return granted
  }

  /** Gives back what was not used. A lane that could have used more waits for its turn; one that got some, at the end. */
  settle(lane: Wake, { wanted, granted, used }: Reserved): void {
    this.#governor = givenBack(this.#governor, granted - used)
    const isShort = used === granted && granted < wanted
    if (!isShort || granted > 0) this.#waiting.delete(lane)
    if (isShort) this.#waiting.add(lane)
    this.#pass()
  }

  /** The lane ends. */
  leave(lane: Wake): void {
    this.#waiting.delete(lane)
    this.#pass()
  }

  /** Resolves when a connection is free, and takes it. */
  enter(): Promise<void> {
    return new Promise(resolve => {
      this.#calls = [...this.#calls, resolve]
      this.#pass()
    })
  }

  /** A request that was reserved for, or entered, has ended. */
  end(ended: End): void {
    this.#governor = end(this.#governor, ended)
    this.#pass()
  }

  #room(): number {
    return room(this.#governor, this.#clock())
  }

  /** With nothing in flight there is always room, so what waits is always passed on by something that ends. */
  #pass(): void {
    const entering = this.#calls.slice(0, this.#room())
    this.#calls = this.#calls.slice(entering.length)
    for (const enter of entering) {
      this.#governor = begin(this.#governor)
      enter()
    }
    for (const wake of [...this.#waiting].slice(0, this.#room())) wake()
  }
}
