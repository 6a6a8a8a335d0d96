import { MINUTE, SECOND } from '../domain/instant.ts'
import { type BlockCause } from '../domain/outcome.ts'
import { type Reason } from '../domain/reason.ts'
import { type Hold, type Integration } from '../store/integrations.ts'

const FIRST_PROBE = 5 * SECOND
const SLOWEST_PROBE = 15 * MINUTE

/** R25: a hold is probed after 5 s, then ever more slowly, up to every 15 minutes; once a person helps, at once. */
export function nextHold(
  cause: Reason,
  detail: string,
  { before, now }: { before: Hold | undefined; now: number },
): Hold {
  const probes = before?.cause === cause ? before.probes + 1 : 0
  const wait = Math.min(FIRST_PROBE * 2 ** Math.min(probes, 10), SLOWEST_PROBE)
  return { cause, detail, since: before?.cause === cause ? before.since : now, probeAt: now + wait, probes }
}

/** A missing audience stops all its deliveries; a missing merge tag only the field that is mapped to it. */
export const isBlocking = (hold: Hold | undefined): boolean =>
  hold !== undefined && hold.cause === ('audience_missing' satisfies BlockCause)

export const mayDeliver = (integration: Integration): boolean =>
  integration.settings.enabled && !integration.paused && !isBlocking(integration.hold) && integration.feed !== undefined
