import { type LeaseView } from '../../domain/lease.ts'
import { type Param, type Row } from '../engine/database.ts'
import { type StoreLimits } from '../engine/limits.ts'
import { ask, connect, Connection, connectionConfig } from '../engine/postgres-connection.ts'
import { LEASE_TABLE } from '../migrations/0019-lease.ts'

/** The one lease there is: who holds it delivers for everybody. */
export const LEASE_NAME = 'delivery'

const NOW = '(extract(epoch from clock_timestamp()) * 1000)::bigint'
/** This connection as the server knows it; the number of a process alone is used again. */
const OWN_SESSION = `(select pid || ' ' || extract(epoch from backend_start)
  from pg_stat_activity where pid = pg_backend_pid())`
// To another role `backend_start` is hidden; then the number has to do.
const IS_CONNECTED = `exists (select 1 from pg_stat_activity a where a.pid::text = split_part(l.session, ' ', 1)
  and coalesce(extract(epoch from a.backend_start)::text, split_part(l.session, ' ', 2)) = split_part(l.session, ' ', 2))`

type Held = { readonly owner: string; readonly epoch: number }

type Taking = {
  readonly owner: string
  readonly lengthMs: number
  readonly mayTake: (view: LeaseView) => boolean
}

/** The statements about the lease, on a connection of its own, so that no work on the store keeps a renewal waiting. */
export type LeaseSession = {
  /** Takes the lease if it may, once all that its last owner still writes has ended. Gives the epoch. */
  take(taking: Taking): Promise<number | undefined>
  /** Says whether it is still theirs. */
  renew(held: Held, lengthMs: number): Promise<boolean>
  release(held: Held): Promise<void>
  end(): void
}

type Opening = {
  readonly url: string
  readonly limits: StoreLimits
  readonly connectMs: number
  /** The server owes an answer within this. */
  readonly answerMs: number
  readonly onEnd: () => void
}

/** Connects, and makes the table if there is none. */
export async function openLeaseSession(opening: Opening): Promise<LeaseSession> {
  const { url, limits, connectMs, answerMs, onEnd } = opening
  const connection = new Connection(connectionConfig(url, limits))
  const run = (text: string, params: readonly Param[] = [], ms = answerMs) => ask(connection, text, { params, ms })
  // The last owner's transactions end with its connections, or are ended by the server for doing nothing.
  const takeMs = answerMs + limits.uses.delivery.idleMs
  try {
    await connect(connection, connectMs)
    await prepare(run)
  } catch (error) {
    connection.destroy()
    throw error
  }
  connection.once('end', onEnd)

  return {
    async take({ owner, lengthMs, mayTake }) {
      // Looked at first without a lock, which the writes of a living owner would wait for.
      if (!mayTake(viewIn(await run(VIEW, [LEASE_NAME])))) return undefined
      await run('begin')
      try {
        await run(`select epoch from lease where name = $1 for update`, [LEASE_NAME], takeMs)
        const epoch = mayTake(viewIn(await run(VIEW, [LEASE_NAME])))
          ? await run(TAKE, [LEASE_NAME, owner, lengthMs])
          : []
        await run('commit')
        return epoch[0] && Number(epoch[0]['epoch'])
      } catch (error) {
        connection.destroy()
        throw error
      }
    },
    async renew({ owner, epoch }, lengthMs) {
      return (await run(RENEW, [LEASE_NAME, owner, epoch, lengthMs])).length > 0
    },
    async release({ owner, epoch }) {
      await run(RELEASE, [LEASE_NAME, owner, epoch])
    },
    end() {
      connection.removeListener('end', onEnd)
      connection.destroy()
    },
  }
}

const VIEW = `select owner, epoch, expires_at, ${NOW} as now, ${IS_CONNECTED} as connected from lease l where name = $1`
const TAKE = `update lease set owner = $2, epoch = epoch + 1, expires_at = ${NOW} + $3, session = ${OWN_SESSION}
  where name = $1 returning epoch`
// No key changes, so it does not wait for the writes that hold the row (`for key share`).
const RENEW = `update lease set expires_at = ${NOW} + $4, session = ${OWN_SESSION}
  where name = $1 and owner = $2 and epoch = $3 returning epoch`
const RELEASE = `update lease set expires_at = 0, session = '' where name = $1 and owner = $2 and epoch = $3`

type Run = (text: string, params?: readonly Param[]) => Promise<Row[]>

async function prepare(run: Run): Promise<void> {
  const [found] = await run(`select to_regclass('lease') is not null as there`)
  if (found?.['there'] !== 1) await makeTable(run)
  await run(
    `insert into lease (name, owner, epoch, expires_at, session) values ($1, '', 0, 0, '') on conflict do nothing`,
    [LEASE_NAME],
  )
}

/** Processes that start together make it once. */
async function makeTable(run: Run): Promise<void> {
  await run('begin')
  await run(`select pg_advisory_xact_lock(hashtextextended('consent-relay lease', 0))`)
  // A release without leases holds this lock as long as it works on the database.
  const [older] = await run(
    `select pg_try_advisory_xact_lock(hashtextextended('consent-relay the only instance', 0)) as ended`,
  )
  if (older?.['ended'] !== 1) throw new Error('an older release of Consent Relay works on this database; stop it first')
  await run(LEASE_TABLE)
  await run('commit')
}

function viewIn([row]: readonly Row[]): LeaseView {
  if (!row) throw new Error('the lease has no row any more')
  return {
    row: {
      owner: String(row['owner']),
      epoch: Number(row['epoch']),
      expiresAt: Number(row['expires_at']),
      isConnected: row['connected'] === 1,
    },
    now: Number(row['now']),
  }
}
