/** Who is inside Mailchimp at this moment, by account. */
export type Slots = Readonly<{
  /** Takes a slot, or answers `undefined` when the account has as many as it may. Giving back twice does nothing. */
  take: (account: string) => (() => void) | undefined
  inFlight: (account: string) => number
  /** The most requests one account ever had inside at once, the refused ones counted. */
  highest: () => number
  clear: () => void
}>

export function createSlots(limit: number): Slots {
  let held = new Map<string, number>()
  let highest = 0
  return {
    take(account) {
      const taken = held.get(account) ?? 0
      highest = Math.max(highest, taken + 1)
      if (taken >= limit) return undefined
      const ledger = held
      ledger.set(account, taken + 1)
      let given = false
      return () => {
        if (given) return
        given = true
        ledger.set(account, (ledger.get(account) ?? 1) - 1)
      }
    },
    inFlight: account => held.get(account) ?? 0,
    highest: () => highest,
    clear() {
      held = new Map()
      highest = 0
    },
  }
}
