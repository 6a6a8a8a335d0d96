import { type Rest } from '../../domain/resting.ts'
import { type Wake } from './connections.ts'

/** The contacts that any lane has a request under way for, or whose last attempt ended unclear (I4, R24). */
export class ContactsInFlight {
  readonly #busy = new Set<string>()
  readonly #waiting = new Set<Wake>()
  readonly resting = new Map<string, Rest>()

  get busy(): ReadonlySet<string> {
    return this.#busy
  }

  take(contact: string): void {
    this.#busy.add(contact)
  }

  /** What was said about them is on disk; lanes that waited for one of them look again. */
  free(contacts: readonly string[]): void {
    contacts.forEach(contact => this.#busy.delete(contact))
    if (contacts.length === 0) return
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    waiting.forEach(wake => wake())
  }

  /** Something is due for a contact that is busy. */
  wait(lane: Wake): void {
    this.#waiting.add(lane)
  }
}
