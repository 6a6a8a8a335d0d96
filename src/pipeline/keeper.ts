import { BLOCK_SCOPE, type Outcome } from '../domain/outcome.ts'
import { reviewMapping } from '../domain/review.ts'
import { type Events } from '../events.ts'
import { readAccount, type Trouble } from '../mailchimp/audience.ts'
import { type Client } from '../mailchimp/client.ts'
import { type Database, type Sql } from '../store/database.ts'
import { releaseHeld, reopenAbsent } from '../store/deliveries.ts'
import { setHold, type Credential, type Hold, type HoldTarget, type Integration } from '../store/integrations.ts'
import { type Audiences, type Seen } from './audiences.ts'
import { type Conclusion } from './conclude.ts'
import { isBlocking, nextHold } from './holds.ts'
import { type Confirmations } from './send.ts'
import { type Ready, type Taken } from './take.ts'

/** One credential and the integrations that use it, as the store has them now. */
export type LaneConfig = { readonly credential: Credential; readonly integrations: readonly Integration[] }

/** Watches over what one credential may deliver: reads its audiences, holds what is broken, releases what is mended. */
export type Keeper = {
  /** The integrations whose audience is known, so that they may deliver now. */
  prepare(integrations: readonly Integration[]): Promise<Ready[]>
  /** Draws the consequences of what was answered and taken. */
  follow(config: LaneConfig, answered: readonly Conclusion[], taken: Taken): Promise<void>
  /** Tries again whatever is held and due for a probe. */
  probe(config: LaneConfig): Promise<void>
  /** When the next probe is due; undefined when nothing is held or in doubt. */
  nextProbeAt(config: LaneConfig): number | undefined
  /** Some audience is due to be read again, though nothing waits for it (R14). */
  hasStale(config: LaneConfig): boolean
}

export type KeeperDeps = {
  readonly db: Database
  readonly client: Client
  readonly audiences: Audiences
  readonly confirmed: Confirmations
  readonly now: () => number
  readonly events: Events
  readonly reload: () => Promise<void>
}

type Holder = HoldTarget & { readonly hold: Hold | undefined }

const DOUBTFUL = new Set(['merge_tag_missing', 'merge_field_mismatch', 'value_unfit'])

export function createKeeper({ db, client, audiences, confirmed, now, events, reload }: KeeperDeps): Keeper {
  /** Audiences that could not be read for a passing reason, and when to try again. */
  const unreadable = new Map<string, Hold>()

  async function prepare(integrations: readonly Integration[]): Promise<Ready[]> {
    const ready: Ready[] = []
    for (const integration of integrations) {
      const audience = await audienceFor(integration)
      if (audience) ready.push({ integration, audience })
    }
    return ready
  }

  async function audienceFor(integration: Integration): Promise<Seen | undefined> {
    const { audienceId } = integration.settings
    return isDue(integration) ? look(integration) : audiences.known(audienceId)
  }

  const lookAt = ({ settings: { audienceId } }: Integration): number =>
    Math.max(audiences.staleAt(audienceId), unreadable.get(audienceId)?.probeAt ?? 0)

  const isDue = (integration: Integration): boolean => lookAt(integration) <= now()

  /** Reads the audience and holds or releases the integration by what it finds. */
  async function look(integration: Integration): Promise<Seen | undefined> {
    const { audienceId } = integration.settings
    const read = await audiences.read(audienceId, now())
    if (read.kind !== 'read') {
      await troubled(integration, read)
      return read.kind === 'blocked' ? undefined : audiences.known(audienceId)
    }
    unreadable.delete(audienceId)
    confirmed.set(audienceId, now())
    const [problem] = reviewMapping(integration.settings, read.seen)
    const holder = { table: 'integration', id: integration.id, hold: integration.hold } as const
    if (problem)
      await hold(holder, problem.code === 'merge_tag_missing' ? problem.code : 'merge_field_mismatch', problem.detail)
    else if (integration.hold || read.changed) await release(holder)
    return read.seen
  }

  async function troubled(integration: Integration, trouble: Trouble): Promise<void> {
    const { audienceId } = integration.settings
    if (trouble.kind === 'blocked') return block(integration, trouble)
    const cause = trouble.kind === 'retry' ? trouble.cause : 'request_refused'
    unreadable.set(audienceId, nextHold(cause, trouble.detail, { before: unreadable.get(audienceId), now: now() }))
  }

  /** R25: no debt is touched by a hold, so none is lost and none burns an attempt. */
  async function block(integration: Integration, { cause, detail }: Outcome & { kind: 'blocked' }): Promise<void> {
    if (BLOCK_SCOPE[cause] === 'credential')
      return hold({ table: 'credential', id: integration.credentialId, hold: undefined }, cause, detail)
    const since = confirmed.get(integration.settings.audienceId) ?? 0
    await hold({ table: 'integration', id: integration.id, hold: integration.hold }, cause, detail, tx =>
      reopenAbsent(tx, { integrationId: integration.id, since, now: now() }),
    )
  }

  async function hold(holder: Holder, cause: Hold['cause'], detail: string, also?: (tx: Sql) => Promise<unknown>) {
    await db.transaction(async tx => {
      await setHold(tx, holder, nextHold(cause, detail, { before: holder.hold, now: now() }))
      await also?.(tx)
    })
    if (holder.hold?.cause !== cause) events.held({ table: holder.table, id: holder.id, cause })
    await reload()
  }

  async function release(holder: Holder): Promise<void> {
    await db.transaction(async tx => {
      await setHold(tx, holder, undefined)
      if (holder.table === 'integration') await releaseHeld(tx, { integrationId: holder.id, now: now() })
    })
    events.released({ table: holder.table, id: holder.id })
    await reload()
  }

  async function follow({ integrations }: LaneConfig, answered: readonly Conclusion[], taken: Taken): Promise<void> {
    for (const { assignment, outcome } of answered) {
      if (outcome.kind === 'delivered' && outcome.dropped.length > 0)
        audiences.doubt(assignment.integration.settings.audienceId)
    }
    for (const { audienceId, code } of taken.setAside) if (DOUBTFUL.has(code)) audiences.doubt(audienceId)
    for (const { integration, outcome } of blocksIn(integrations, answered)) await block(integration, outcome)
  }

  async function probe({ credential, integrations }: LaneConfig): Promise<void> {
    if (credential.hold) {
      if (credential.hold.probeAt > now()) return
      const read = await readAccount(client, now())
      const holder = { table: 'credential', id: credential.id, hold: credential.hold } as const
      if (read.kind === 'read') return release(holder)
      return hold(holder, read.kind === 'blocked' ? read.cause : credential.hold.cause, read.detail)
    }
    for (const integration of integrations) {
      const { hold: own, settings } = integration
      const wanted = own ? own.probeAt <= now() : audiences.known(settings.audienceId) && isDue(integration)
      if (wanted && settings.enabled) await look(integration)
    }
  }

  function nextProbeAt({ credential, integrations }: LaneConfig): number | undefined {
    if (credential.hold) return credential.hold.probeAt
    const times = integrations.flatMap(({ hold: own, settings }) => {
      if (!settings.enabled) return []
      const trouble = unreadable.get(settings.audienceId)
      if (own) return [own.probeAt]
      if (trouble) return [trouble.probeAt]
      return audiences.isDoubted(settings.audienceId) ? [audiences.staleAt(settings.audienceId)] : []
    })
    return times.length === 0 ? undefined : Math.min(...times)
  }

  const hasStale = ({ credential, integrations }: LaneConfig): boolean =>
    !credential.hold &&
    integrations.some(each => each.settings.enabled && audiences.known(each.settings.audienceId) && isDue(each))

  return { prepare, follow, probe, nextProbeAt, hasStale }
}

type Block = { readonly integration: Integration; readonly outcome: Outcome & { kind: 'blocked' } }

/** What to hold for these answers: once the credential, or once each integration of a missing audience. */
function blocksIn(integrations: readonly Integration[], answered: readonly Conclusion[]): Block[] {
  const blocks = new Map<string, Block>()
  for (const { assignment, outcome } of answered) {
    if (outcome.kind !== 'blocked') continue
    if (BLOCK_SCOPE[outcome.cause] === 'credential') {
      blocks.set('credential', { integration: assignment.integration, outcome })
      continue
    }
    const { audienceId } = assignment.integration.settings
    for (const each of integrations)
      if (each.settings.audienceId === audienceId && !isBlocking(each.hold))
        blocks.set(each.id, { integration: each, outcome })
  }
  return [...blocks.values()]
}
