import { isOutage, isUnread, nextHold, stopsAll, unreadFor, type Hold } from '../../domain/hold.ts'
import { BLOCK_SCOPE } from '../../domain/outcome.ts'
import { reviewMapping } from '../../domain/review.ts'
import { ping, readAccount, type Read, type Trouble } from '../../mailchimp/audience.ts'
import { type Client } from '../../mailchimp/client.ts'
import { oweEveryone } from '../../store/settings/to-owe.ts'
import { noteFields } from '../../store/settings/tag-claims.ts'
import { type Credential, type Integration } from '../../store/settings/integrations.ts'
import { earliest } from './earliest.ts'
import { type Audiences, type Seen } from './audiences.ts'
import { type Blocking } from '../batches/batch-calls.ts'
import { type Conclusion } from '../delivery/conclude.ts'
import { block, hold, holderOf, release, type Blocked, type HoldDeps } from '../delivery/holds.ts'
import { type Confirmations } from '../delivery/send.ts'
import { type Ready } from '../delivery/decide-debt.ts'
import { type Taken } from '../delivery/take.ts'

/** One credential and the integrations that use it, as the store has them now. */
export type LaneConfig = { readonly credential: Credential; readonly integrations: readonly Integration[] }

type KeeperDeps = HoldDeps & {
  /** Everyone of some integration is to be owed. */
  readonly onToOwe: () => void
  readonly client: Client
  readonly audiences: Audiences
  readonly confirmed: Confirmations
  /** Makes sure that it is known whose key it is (R24). */
  readonly identify: () => Promise<Read<unknown>>
}

/** Fields that could not be filled for these reasons may be in order again at the next look at the audience. */
const DOUBTFUL = new Set(['merge_tag_missing', 'merge_field_mismatch', 'value_unfit'])

/** Watches over what one credential may deliver: reads its audiences, holds what is broken, releases what is mended. */
export class Keeper {
  readonly #deps: KeeperDeps
  /** Audiences that could not be read for a passing reason, and when to try again. */
  readonly #unreadable = new Map<string, Hold>()

  constructor(deps: KeeperDeps) {
    this.#deps = deps
  }

  /** The integrations whose audience is known, so that they may deliver now. */
  async prepare(integrations: readonly Integration[]): Promise<Ready[]> {
    const ready: Ready[] = []
    for (const integration of integrations) {
      const audience = await this.#seen(integration)
      if (audience) ready.push({ integration, audience })
    }
    return ready
  }

  /** R27: while the audience was never seen, the integration is held, and says why. */
  async #seen(integration: Integration): Promise<Seen | undefined> {
    if (this.#isDue(integration)) return this.#look(integration)
    const { audienceId } = integration.settings
    const known = this.#deps.audiences.known(audienceId)
    const unread = this.#unreadable.get(audienceId)
    if (!known && unread && !isUnread(integration.hold)) await this.#holdUnread(integration, unread)
    return known
  }

  /** The integrations whose audience was seen at some time, so that what has happened can be decided on. */
  known(integrations: readonly Integration[]): Ready[] {
    return integrations.flatMap(integration => {
      const audience = this.#deps.audiences.known(integration.settings.audienceId)
      return audience ? [{ integration, audience }] : []
    })
  }

  /** Draws the consequences of what was answered and taken. */
  async follow({ integrations }: LaneConfig, answered: readonly Conclusion[], taken: Taken): Promise<void> {
    const { audiences, confirmed } = this.#deps
    for (const { assignment, outcome } of answered) {
      if (outcome.kind === 'delivered' && outcome.dropped.length > 0)
        audiences.doubt(assignment.integration.settings.audienceId)
    }
    for (const { audienceId, code } of taken.setAside) if (DOUBTFUL.has(code)) audiences.doubt(audienceId)
    for (const { integration, blocked } of strikes(integrations, answered)) {
      const seen = confirmed.get(integration.settings.audienceId) ?? 0
      await block(this.#deps, integration, { blocked, seen })
    }
  }

  /** Tries again what is held and due for a probe, and looks again at audiences that are in doubt or old. */
  async probe({ credential, integrations }: LaneConfig): Promise<void> {
    const { clock, audiences } = this.#deps
    if (credential.hold) return this.#probeCredential(credential, credential.hold)
    for (const integration of integrations) {
      const { hold: own, settings } = integration
      const wanted = own ? own.probeAt <= clock() : audiences.known(settings.audienceId) && this.#isDue(integration)
      if (wanted && settings.enabled) await this.#look(integration)
    }
    // What was read for one of them is known of all.
    for (const integration of integrations.filter(({ hold: own }) => isUnread(own) && own.probeAt > clock())) {
      const known = audiences.known(integration.settings.audienceId)
      if (known) await this.#judge(integration, known)
    }
  }

  /** R25: a call that was for no contact was blocked. */
  async blocked({ credential: { id, hold: held }, integrations }: LaneConfig, { blocked, audienceId }: Blocking) {
    const { cause, detail } = blocked
    if (BLOCK_SCOPE[cause] === 'credential')
      return hold(this.#deps, { table: 'credential', id, hold: held }, { cause, detail })
    const seen = this.#deps.confirmed.get(audienceId ?? '') ?? 0
    for (const struck of usersOf(integrations, audienceId)) await block(this.#deps, struck, { blocked, seen })
  }

  /** R26: delivery pauses, for longer if Mailchimp was away a moment ago, too. */
  async trip({ id }: Credential, detail: string, before: Hold | undefined): Promise<void> {
    const since = before && { ...before, since: this.#deps.clock() }
    await hold(this.#deps, { table: 'credential', id, hold: since }, { cause: 'mailchimp_unavailable', detail })
  }

  /** When the next probe is due; undefined when nothing is held or in doubt. */
  nextProbeAt({ credential, integrations }: LaneConfig): number | undefined {
    if (credential.hold) return credential.hold.probeAt
    return earliest(integrations.map(integration => this.#probeAt(integration)))
  }

  /** Some audience is due to be read again, though nothing waits for it (R14). */
  hasStale({ credential, integrations }: LaneConfig): boolean {
    const { audiences } = this.#deps
    return (
      !credential.hold &&
      integrations.some(each => each.settings.enabled && audiences.known(each.settings.audienceId) && this.#isDue(each))
    )
  }

  #probeAt({ hold: own, settings: { enabled, audienceId } }: Integration): number | undefined {
    if (!enabled) return undefined
    if (own) return own.probeAt
    const { audiences } = this.#deps
    return (
      this.#unreadable.get(audienceId)?.probeAt ??
      (audiences.isDoubted(audienceId) ? audiences.staleAt(audienceId) : undefined)
    )
  }

  #isDue({ settings: { audienceId } }: Integration): boolean {
    const again = this.#unreadable.get(audienceId)?.probeAt ?? 0
    return Math.max(this.#deps.audiences.staleAt(audienceId), again) <= this.#deps.clock()
  }

  async #probeCredential({ id }: Credential, held: Hold): Promise<void> {
    const { client, clock } = this.#deps
    if (held.probeAt > clock()) return
    const read = isOutage(held) ? await ping(client, clock()) : await readAccount(client, clock())
    const holder = { table: 'credential', id, hold: held } as const
    if (read.kind === 'read') return release(this.#deps, holder)
    return hold(this.#deps, holder, { cause: read.kind === 'blocked' ? read.cause : held.cause, detail: read.detail })
  }

  /** Reads the audience, and holds or releases the integration by what it finds. */
  async #look(integration: Integration): Promise<Seen | undefined> {
    const { audiences, confirmed, clock, identify } = this.#deps
    const { audienceId } = integration.settings
    const whose = await identify()
    if (whose.kind !== 'read') return this.#troubled(integration, whose)
    const read = await audiences.read(audienceId, clock())
    if (read.kind !== 'read') return this.#troubled(integration, read)
    this.#unreadable.delete(audienceId)
    confirmed.set(audienceId, clock())
    await this.#noteFields(integration, read.seen)
    if (integration.hold || read.changed) await this.#judge(integration, read.seen)
    else await this.#holdMismatch(integration, read.seen)
    return read.seen
  }

  /** R14: nothing is known of a merge field that was created again, so everyone is owed. */
  async #noteFields({ id }: Integration, { fields }: Seen): Promise<void> {
    const { db, clock, reload, onToOwe } = this.#deps
    const known = fields.flatMap(({ tag, mergeId }) => (mergeId === undefined ? [] : [[tag, mergeId] as const]))
    const seen = { integrationId: id, fieldIds: Object.fromEntries(known) }
    const isRemade = await db.transaction(async tx => {
      const remade = await noteFields(tx, seen)
      if (remade) await oweEveryone(tx, { integrationId: id, at: clock() })
      return remade
    })
    if (!isRemade) return
    onToOwe()
    await reload()
  }

  /** Holds the integration for what is wrong with the audience now, or releases it. */
  async #judge(integration: Integration, seen: Seen): Promise<void> {
    if (!(await this.#holdMismatch(integration, seen))) await release(this.#deps, holderOf(integration))
  }

  async #holdMismatch(integration: Integration, seen: Seen): Promise<boolean> {
    const [problem] = reviewMapping(integration.settings, seen)
    if (problem) await hold(this.#deps, holderOf(integration), { cause: problem.code, detail: problem.detail })
    return problem !== undefined
  }

  #holdUnread(integration: Integration, { cause, detail }: Pick<Hold, 'cause' | 'detail'>): Promise<void> {
    return hold(this.#deps, holderOf(integration), unreadFor({ cause, detail }))
  }

  async #troubled(integration: Integration, trouble: Trouble): Promise<Seen | undefined> {
    const { audiences, confirmed, clock } = this.#deps
    const { audienceId } = integration.settings
    if (trouble.kind === 'blocked') {
      await block(this.#deps, integration, { blocked: trouble, seen: confirmed.get(audienceId) ?? 0 })
      return undefined
    }
    const before = this.#unreadable.get(audienceId)
    this.#unreadable.set(audienceId, nextHold(trouble, { before, now: clock() }))
    const known = audiences.known(audienceId)
    if (!known) await this.#holdUnread(integration, trouble)
    return known
  }
}

type Strike = { readonly integration: Integration; readonly blocked: Blocked }

/** What to hold for these answers: once the credential, or once each integration of a missing audience. */
function strikes(integrations: readonly Integration[], answered: readonly Conclusion[]): Strike[] {
  const found = new Map<string, Strike>()
  for (const { assignment, outcome } of answered) {
    if (outcome.kind !== 'blocked') continue
    const { integration } = assignment
    if (BLOCK_SCOPE[outcome.cause] === 'credential') {
      found.set('credential', { integration, blocked: outcome })
      continue
    }
    for (const struck of usersOf(integrations, integration.settings.audienceId))
      found.set(struck.id, { integration: struck, blocked: outcome })
  }
  return [...found.values()]
}

/** Those that write to this audience, and are not held for it yet. */
const usersOf = (integrations: readonly Integration[], audienceId: string | undefined) =>
  integrations.filter(({ settings, hold: own }) => settings.audienceId === audienceId && !stopsAll(own))
