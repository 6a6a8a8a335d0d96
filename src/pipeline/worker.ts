import { type Events } from '../events.ts'
import { createClient, type Client } from '../mailchimp/client.ts'
import { closeInterrupted } from '../store/attempts.ts'
import { type Database } from '../store/database.ts'
import { takeBackSending } from '../store/deliveries.ts'
import { type NewId } from '../store/ids.ts'
import { listCredentials, listIntegrations, type Credential, type Integration } from '../store/integrations.ts'
import { type Seal } from '../store/sealed.ts'
import { keyPlace } from './credentials.ts'
import { type LaneConfig } from './keeper.ts'
import { createLane, type Lane } from './lane.ts'

/** Delivers for every credential, each in a lane of its own. */
export type Worker = {
  /** Takes back what a crash left half done, then delivers whatever is due. */
  start(): Promise<void>
  /** These integrations may have something due; those that are new are picked up. */
  wake(integrationIds: readonly string[]): void
  /** Reads the configuration again. */
  reload(): Promise<void>
  /** Time has passed. */
  tick(): void
  nextAt(): number | undefined
  idle(): Promise<void>
  stop(): Promise<void>
}

export type WorkerDeps = {
  readonly db: Database
  readonly seal: Seal
  readonly originFor: (dataCentre: string) => string
  readonly now: () => number
  readonly dice: () => number
  readonly newId: NewId
  readonly events: Events
}

export function createWorker(deps: WorkerDeps): Worker {
  const { db, now, events } = deps
  const lanes = new Map<string, Lane>()
  /** Which lane serves which integration; an integration is complete once its source folds a family. */
  const laneOf = new Map<string, string>()
  const complete = new Set<string>()
  let reloading: Promise<void> = Promise.resolve()
  let stopped = false

  async function reloadNow(): Promise<void> {
    const [credentials, integrations] = await Promise.all([listCredentials(db), listIntegrations(db)])
    laneOf.clear()
    complete.clear()
    for (const integration of integrations) {
      laneOf.set(integration.id, integration.credentialId)
      if (integration.feed !== undefined) complete.add(integration.id)
    }
    for (const credential of credentials) configure(credential, integrations)
  }

  function configure(credential: Credential, integrations: readonly Integration[]): void {
    const config = { credential, integrations: integrations.filter(each => each.credentialId === credential.id) }
    const lane = lanes.get(credential.id)
    if (lane) lane.configure(config)
    else if (config.integrations.length > 0 && !stopped) lanes.set(credential.id, startLane(config))
  }

  function startLane(config: LaneConfig): Lane {
    const connections = Math.min(...config.integrations.map(({ settings }) => settings.options.connections))
    const client = clientFor(config.credential, connections)
    const lane = createLane(config, { ...deps, client, connections, reload })
    lane.wake([])
    return lane
  }

  const clientFor = ({ id, dataCentre, sealedKey }: Credential, connections: number): Client =>
    createClient({ apiKey: deps.seal.open(sealedKey, keyPlace(id)), origin: deps.originFor(dataCentre), connections })

  // One after the other, so that an older reading never replaces a newer one.
  const reload = (): Promise<void> => (reloading = reloading.catch(() => undefined).then(reloadNow))

  function wake(integrationIds: readonly string[]): void {
    if (integrationIds.every(id => complete.has(id))) return wakeLanes(integrationIds)
    reload().then(
      () => wakeLanes(integrationIds),
      (error: unknown) => events.stepFailed('reload', error),
    )
  }

  function wakeLanes(integrationIds: readonly string[]): void {
    for (const [credentialId, lane] of lanes) {
      const own = integrationIds.filter(id => laneOf.get(id) === credentialId)
      if (own.length > 0) lane.wake(own)
    }
  }

  return {
    async start() {
      const debts = await db.transaction(async tx => {
        await closeInterrupted(tx, now())
        return takeBackSending(tx, now())
      })
      if (debts > 0) events.recovered({ debts })
      await reload()
    },
    wake,
    reload,
    tick: () => lanes.forEach(lane => lane.tick()),
    nextAt() {
      const times = [...lanes.values()].map(lane => lane.nextAt()).filter(time => time !== undefined)
      return times.length === 0 ? undefined : Math.min(...times)
    },
    async idle() {
      await reloading
      await Promise.all([...lanes.values()].map(lane => lane.idle()))
    },
    async stop() {
      stopped = true
      await reloading.catch(() => undefined)
      await Promise.all([...lanes.values()].map(lane => lane.stop()))
    },
  }
}
