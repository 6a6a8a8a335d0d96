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
export type HeldBy = 'leaving' | 'disabled' | 'paused' | StoppingCause

type StoppingCause = BlockCause | 'mailchimp_unavailable' | 'audience_unread'

/** Holds that stop a whole key or audience; any other stops only the field that is mapped to it. */
export const STOPPING = Object.keys({ ...BLOCK_SCOPE, mailchimp_unavailable: true, audience_unread: true })

/** The parts of an integration that decide whether its debts may go. */
type Holdable = {
  readonly settings: { readonly enabled: boolean }
  readonly paused: boolean
  readonly hold: Pick<Hold, 'cause'> | undefined
  /** It was removed, or its document replaced, and is gone by then at the latest (R22). */
  readonly leavesAt: number | undefined
}

/**
 * What holds the waiting debts of an integration, given the hold of its key (R25); undefined when they may go. Where
 * several things do, it is the one to mend first: while a person keeps the integration off or paused, no other repair
 * helps.
 */
export function heldBy(
  { settings, paused, hold, leavesAt }: Holdable,
  keyHold: Pick<Hold, 'cause'> | undefined,
): HeldBy | undefined {
  if (leavesAt !== undefined) return 'leaving'
  if (!settings.enabled) return 'disabled'
  if (paused) return 'paused'
  return [keyHold?.cause, hold?.cause].find(isStopping)
}

/** R22: an integration that a person keeps from delivering still asserts what Mailchimp may have applied late. */
export const assertsOnly = ({ paused, leavesAt }: Pick<Holdable, 'paused' | 'leavesAt'>): boolean =>
  paused || leavesAt !== undefined

const isStopping = (cause: string | undefined): cause is StoppingCause =>
  cause !== undefined && STOPPING.includes(cause)

export const UNREAD = 'audience_unread'

/** R27: Mailchimp has not been asked about the audience: since the start of the process, or since the document was saved. */
export const isUnread = (hold: Hold | undefined): hold is Hold => hold?.cause === UNREAD

/** R27: what holds an integration whose audience could not be read. */
export const unreadFor = ({
  cause,
  detail,
}: {
  readonly cause: string
  readonly detail: string
}): Pick<Hold, 'cause' | 'detail'> => ({ cause: UNREAD, detail: `${cause}: ${detail}` })

/** Why nothing is known of whether an integration can work; undefined when Mailchimp was asked. */
export function notCheckedFor({
  settings,
  hold,
}: Pick<Holdable, 'settings'> & { readonly hold: Hold | undefined }): string | undefined {
  if (!settings.enabled) return EXPLANATIONS.disabled.says
  return isUnread(hold) ? hold.detail : undefined
}

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

const PROBES: Readonly<Partial<Record<Reason, readonly [first: number, slowest: number]>>> = {
  mailchimp_unavailable: [FIRST_PING, SLOWEST_PING],
  audience_unread: [FIRST_PROBE, SLOWEST_PING],
}

/** The circuit breaker of a key is open (R26): a hold like another, that no person has to end. */
export const isOutage = (hold: Hold | undefined): hold is Hold => hold?.cause === 'mailchimp_unavailable'

/** R25: a hold is probed after 5 s, then ever more slowly, up to every 15 minutes. */
export function nextHold(
  { cause, detail }: Pick<Hold, 'cause' | 'detail'>,
  { before, now }: { readonly before: Hold | undefined; readonly now: number },
): Hold {
  const goesOn = before?.cause === cause ? before : undefined
  const probes = goesOn ? goesOn.probes + 1 : 0
  const [first, slowest] = PROBES[cause] ?? [FIRST_PROBE, SLOWEST_PROBE]
  const wait = Math.min(first * 2 ** Math.min(probes, 10), slowest)
  return { cause, detail, since: goesOn?.since ?? now, probeAt: now + wait, probes }
}
