import { type Hold } from '../../domain/hold.ts'
import {
  byReason,
  seriesOf,
  spanOf,
  timingOf,
  total,
  type ByReason,
  type Hours,
  type Point,
  type Span,
  type Timing,
} from '../../domain/overview.ts'
import { type Database } from '../../store/engine/database.ts'
import { listCredentials, listIntegrations, type Integration } from '../../store/settings/integrations.ts'
import {
  countFailed,
  countReceived,
  countSkipped,
  countTaken,
  newestTaken,
  type Taken,
} from '../../store/debts/overview.ts'
import { listSources } from '../../store/settings/sources.ts'
import { createBacklogReader, type Backlog, type Backlogs } from './backlog.ts'
import { existingIntegration } from '../existing.ts'
import { remembered } from './remembered.ts'
import { LIMITS } from '../../domain/limits.ts'

export type Overview = {
  readonly span: Span
  readonly received: number
  readonly delivered: number
  readonly skipped: readonly ByReason[]
  readonly failed: readonly ByReason[]
  readonly toDeliver: Timing
  readonly toWithdraw: Timing
  readonly backlog: Readonly<Record<'waiting' | 'sending' | 'held' | 'dead', number>>
  readonly oldestAt: number | undefined
  readonly oldestWithdrawalAt: number | undefined
  readonly holds: readonly (Hold & { readonly integrationId: string | undefined })[]
  readonly series: readonly Point[]
  /** False when there was more than is counted. */
  readonly complete: boolean
}

type OverviewDeps = { readonly db: Database; readonly clock: () => number }
type OverviewRequest = { readonly integrationId: string | undefined; readonly hours: Hours }

/** How much is read at most. */
type Bounds = {
  /** How many of the newest of each kind are counted, in each source or integration. */
  readonly counted: number
  /** How many of the newest requests are timed, spread evenly over the integrations. */
  readonly timed: number
}

const BOUNDS: Bounds = { counted: LIMITS.overviewCounted, timed: LIMITS.overviewTimed }

const MOST_SOURCES = 1_000_000

/** How things go, of one integration or of all; what was read a moment ago is repeated. */
export function createOverviewReader(
  { db, clock }: OverviewDeps,
  bounds = BOUNDS,
): (asked: OverviewRequest) => Promise<Overview> {
  const readBacklog = createBacklogReader({ db, clock })
  const readers = new Map<string, () => Promise<Overview>>()
  return async asked => {
    if (asked.integrationId !== undefined) await existingIntegration(db, asked.integrationId)
    const key = `${asked.hours} ${asked.integrationId ?? ''}`
    const reader = readers.get(key) ?? remembered(() => read({ db, clock, bounds, readBacklog }, asked), clock)
    readers.set(key, reader)
    return reader()
  }
}

type ReadRequest = OverviewDeps & { readonly bounds: Bounds; readonly readBacklog: () => Promise<Backlogs> }

async function read(
  { db, clock, bounds, readBacklog }: ReadRequest,
  { integrationId, hours }: OverviewRequest,
): Promise<Overview> {
  const span = spanOf(hours, clock())
  const all = await listIntegrations(db)
  const integrations = all.filter(({ id }) => integrationId === undefined || id === integrationId)
  const sources =
    integrationId === undefined
      ? (await listSources(db, { before: '', limit: MOST_SOURCES })).map(({ id }) => id)
      : integrations.map(({ sourceId }) => sourceId)
  const counts = await countAll(db, { span, sources, integrations, limit: bounds.counted })
  const waits = (await timeAll(db, { span, integrations, most: bounds.timed })).flatMap(waitsOf)
  return {
    span,
    received: total(counts.received),
    delivered: total(counts.delivered),
    skipped: byReason(counts.skipped),
    failed: byReason(counts.failed),
    toDeliver: timingOf(waits.map(({ ms }) => ms)),
    toWithdraw: timingOf(waits.flatMap(({ ms, withdrawal }) => (withdrawal ? [ms] : []))),
    ...owedBy((await readBacklog()).integrations.filter(own => isAmong(own.integrationId, integrations))),
    holds: await holdsOf(db, integrations),
    series: seriesOf(span, counts),
    complete: counts.complete,
  }
}

const isAmong = (id: string, integrations: readonly Integration[]): boolean => integrations.some(own => own.id === id)

type CountAllRequest = {
  readonly span: Span
  readonly sources: readonly string[]
  readonly integrations: readonly Integration[]
  readonly limit: number
}

/** One after the other, so that no other caller waits long for the store. */
async function countAll(db: Database, { span: { from, step }, sources, integrations, limit }: CountAllRequest) {
  const [received, delivered, skipped, failed] = [
    await forEach(sources, id => countReceived(db, { id, from, step, limit })),
    await forEach(idsOf(integrations), id => countTaken(db, { id, from, step, limit })),
    await forEach(idsOf(integrations), id => countSkipped(db, { id, from, step, limit })),
    await forEach(idsOf(integrations), id => countFailed(db, { id, from, step, limit })),
  ]
  const complete = [received, delivered, skipped, failed].every(parts => parts.every(part => total(part) < limit))
  return {
    received: received.flat(),
    delivered: delivered.flat(),
    skipped: skipped.flat(),
    failed: failed.flat(),
    complete,
  }
}

const idsOf = (integrations: readonly Integration[]): string[] => integrations.map(({ id }) => id)

async function forEach<T>(ids: readonly string[], work: (id: string) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (const id of ids) results.push(await work(id))
  return results
}

type TimeAllRequest = Pick<CountAllRequest, 'span' | 'integrations'> & { readonly most: number }

async function timeAll(db: Database, { span: { from }, integrations, most }: TimeAllRequest): Promise<Taken[]> {
  const limit = Math.ceil(most / Math.max(1, integrations.length))
  return (await forEach(idsOf(integrations), id => newestTaken(db, { id, from, limit }))).flat()
}

const waitsOf = ({ at, carried }: Taken) =>
  carried.map(({ receivedAt, withdrawal }) => ({ ms: at - receivedAt, withdrawal }))

function owedBy(backlogs: readonly Backlog[]) {
  const sum = (wanted: Backlog['counts'][number]['status']): number =>
    backlogs
      .flatMap(({ counts }) => counts)
      .filter(({ status }) => status === wanted)
      .reduce((debts, each) => debts + each.debts, 0)
  return {
    backlog: { waiting: sum('waiting'), sending: sum('sending'), held: sum('held'), dead: sum('dead') },
    oldestAt: earliest(backlogs.map(({ oldestAt }) => oldestAt)),
    oldestWithdrawalAt: earliest(backlogs.map(({ oldestWithdrawalAt }) => oldestWithdrawalAt)),
  }
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter(time => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

/** A hold of a key is no integration's own. */
async function holdsOf(db: Database, integrations: readonly Integration[]) {
  const used = new Set(integrations.map(({ credentialId }) => credentialId))
  const ofKeys = (await listCredentials(db)).filter(({ id }) => used.has(id))
  return [
    ...ofKeys.flatMap(({ hold }) => (hold ? [{ ...hold, integrationId: undefined }] : [])),
    ...integrations.flatMap(({ id, hold }) => (hold ? [{ ...hold, integrationId: id }] : [])),
  ]
}
