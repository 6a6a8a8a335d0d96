import { type Status } from './delivery.ts'
import { MINUTE, SECOND } from './instant.ts'
import { BLOCK_SCOPE, type BlockCause } from './outcome.ts'
import { EXPLANATIONS, type Reason } from './reason.ts'

/** Why nothing, or not everything, can be delivered with a key or by an integration, and when that is looked at again. */
export type Hold = {
  readonly cause: Reason
  readonly detail: string
  readonly since: number
  readonly probeAt: number
  readonly probes: number
}

/** What holds every waiting debt of an integration: a person's decision, or a hold of what all of them need. */
export type HeldBy = 'disabled' | 'paused' | BlockCause | 'mailchimp_unavailable'

/** Holds that stop a whole key or audience; any other stops only the field that is mapped to it. */
export const STOPPING = Object.keys({ ...BLOCK_SCOPE, mailchimp_unavailable: true })

/** The parts of an integration that decide whether its debts may go. */
type Holdable = {
  readonly settings: { readonly enabled: boolean }
  readonly paused: boolean
  readonly hold: Pick<Hold, 'cause'> | undefined
}

/**
 * What holds the waiting debts of an integration, given the hold of its key (R25); undefined when they may go. Where
 * several things do, it is the one to mend first: while a person keeps the integration off or paused, no other repair
 * helps.
 */
export function heldBy(
  { settings, paused, hold }: Holdable,
  keyHold: Pick<Hold, 'cause'> | undefined,
): HeldBy | undefined {
  if (!settings.enabled) return 'disabled'
  if (paused) return 'paused'
  return [keyHold?.cause, hold?.cause].find(isStopping)
}

const isStopping = (cause: string | undefined): cause is BlockCause | 'mailchimp_unavailable' =>
  cause !== undefined && STOPPING.includes(cause)

/** A missing audience stops all debts of an integration; a missing merge tag only the field that is mapped to it. */
export const stopsAll = (hold: Pick<Hold, 'cause'> | undefined): boolean => isStopping(hold?.cause)

type Shown<Own extends Status = Status> = { readonly status: Own; readonly reason: Reason | undefined }

/** A debt as everybody sees it: one that waits behind what holds its integration is held by that. */
export const shownAs = <Own extends Status>(debt: Shown<Own>, held: HeldBy | undefined): Shown<Own | 'held'> =>
  debt.status === 'waiting' && held !== undefined ? { status: 'held', reason: held } : debt

/**
 * What makes a shown debt move next; empty when nothing has to be done. A value that is set aside does not move before
 * its integration does.
 */
export function remedyOf({ status, reason }: Shown, held: HeldBy | undefined): string {
  const first = status === 'held' ? (held ?? reason) : reason
  return first === undefined ? '' : EXPLANATIONS[first].next
}

const FIRST_PROBE = 5 * SECOND
const SLOWEST_PROBE = 15 * MINUTE
/** While Mailchimp is away altogether a person can do nothing, so it is asked more often (R26). */
const FIRST_PING = 30 * SECOND
const SLOWEST_PING = 5 * MINUTE

/** The circuit breaker of a key is open (R26): a hold like another, that no person has to end. */
export const isOutage = (hold: Hold | undefined): hold is Hold => hold?.cause === 'mailchimp_unavailable'

/** R25: a hold is probed after 5 s, then ever more slowly, up to every 15 minutes. */
export function nextHold(
  { cause, detail }: Pick<Hold, 'cause' | 'detail'>,
  { before, now }: { readonly before: Hold | undefined; readonly now: number },
): Hold {
  const goesOn = before?.cause === cause ? before : undefined
  const probes = goesOn ? goesOn.probes + 1 : 0
  const [first, slowest] = cause === 'mailchimp_unavailable' ? [FIRST_PING, SLOWEST_PING] : [FIRST_PROBE, SLOWEST_PROBE]
  const wait = Math.min(first * 2 ** Math.min(probes, 10), slowest)
  return { cause, detail, since: goesOn?.since ?? now, probeAt: now + wait, probes }
}
