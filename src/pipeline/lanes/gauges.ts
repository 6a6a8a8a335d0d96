import { type LaneConfig } from './keeper.ts'

/** What a lane has in use, and what holds it or one of its integrations. */
export type Gauges = {
  readonly credentialId: string
  readonly inUse: number
  readonly limit: number
  readonly ghosts: number
  readonly holds: readonly { readonly integrationId: string | undefined; readonly cause: string }[]
}

type InUse = Pick<Gauges, 'inUse' | 'limit' | 'ghosts'>

export function gaugesOf({ credential, integrations }: LaneConfig, inUse: InUse): Gauges {
  const own = integrations.flatMap(({ id, hold }) => (hold ? [{ integrationId: id, cause: hold.cause }] : []))
  return {
    credentialId: credential.id,
    ...inUse,
    holds: credential.hold ? [{ integrationId: undefined, cause: credential.hold.cause }, ...own] : own,
  }
}
