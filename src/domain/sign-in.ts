import { MINUTE, SECOND } from './instant.ts'

/** Tries to sign in that count together, with the time at which the last of them began. */
export type Tries = { readonly count: number; readonly at: number }

export const NO_TRIES: Tries = { count: 0, at: 0 }

const FORGOTTEN_AFTER = 30 * MINUTE
/** Mistakes of a person on a device that proved an account before; beyond them the device is a stranger's again. */
const MOST_FROM_DEVICE = 10
/** How many tries a stranger makes without a wait: for one account, and for all accounts from one network. */
const FREE_FOR_ACCOUNT = 3
const FREE_FROM_NETWORK = 20
const FIRST_WAIT = SECOND
/** A request that waits any longer is given up by the proxies on its way. */
export const LONGEST_WAIT = 15 * SECOND

const counting = (tries: Tries, now: number): number => (now - tries.at >= FORGOTTEN_AFTER ? 0 : tries.count)

/** A try counts from its beginning: guesses that are made at once count, too. */
export const oneMore = (tries: Tries, now: number): Tries => ({ count: counting(tries, now) + 1, at: now })

/** Takes back a try that was right, or was never compared. */
export const oneLess = ({ count, at }: Tries): Tries => ({ count: Math.max(0, count - 1), at })

export const isTrusted = (fromDevice: Tries, now: number): boolean => counting(fromDevice, now) < MOST_FROM_DEVICE

type OfStranger = { readonly forAccount: Tries; readonly fromNetwork: Tries }

/** When the next try of a stranger may begin. It always may at some time: no number of tries refuses the next one. */
export const mayBeginAt = ({ forAccount, fromNetwork }: OfStranger, now: number): number =>
  Math.max(
    now,
    forAccount.at + waitBeyond(FREE_FOR_ACCOUNT, counting(forAccount, now)),
    fromNetwork.at + waitBeyond(FREE_FROM_NETWORK, counting(fromNetwork, now)),
  )

const waitBeyond = (free: number, count: number): number =>
  count < free ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (count - free))
