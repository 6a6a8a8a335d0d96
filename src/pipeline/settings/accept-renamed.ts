import { Problem } from '../../domain/problem.ts'
import { acceptMove, debtsOfRenamed, listRenamed, type Renamed } from '../../store/contacts/renamed.ts'
import { oweThese, PRIORITY } from '../../store/debts/deliveries.ts'
import { type Database, type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { audited, type Actor } from '../audited.ts'
import { existing } from '../existing.ts'

type AcceptDeps = {
  readonly db: Database
  readonly clock: () => number
  readonly newId: NewId
  readonly worker: { readonly wake: (integrationIds: readonly string[]) => void }
}

type Accepting = { readonly id: string; readonly movedTo: string; readonly actor: Actor }

/**
 * R16e: what is granted goes to the contact under this new address from now on, what waits for it at once. It is not
 * accepted for an address that the contact took since. Doing it again changes nothing.
 */
export async function acceptRenamed(deps: AcceptDeps, { id, movedTo, actor }: Accepting): Promise<Renamed> {
  const { owing, renamed } = await deps.db.transaction(async tx => {
    const before = await renamedContact(tx, id)
    if (before.isAccepted && before.movedTo === movedTo) return { owing: [], renamed: before }
    if (!(await acceptMove(tx, { id, movedTo })))
      throw new Problem('wrong_state', 'the contact goes by another address now; look at it again, and accept that one')
    const debts = await debtsOfRenamed(tx, id)
    await oweThese(tx, debts, { at: deps.clock(), priority: PRIORITY.live })
    await audited(tx, deps, { actor, action: 'renamed.accepted', subject: id, detail: { contact: before.contactId } })
    return { owing: debts.map(({ integrationId }) => integrationId), renamed: await renamedContact(tx, id) }
  })
  deps.worker.wake([...new Set(owing)])
  return renamed
}

async function renamedContact(sql: Sql, id: string): Promise<Renamed> {
  const [found] = await listRenamed(sql, { id, before: '', limit: 1 })
  return existing(found, `renamed contact ${id}`)
}
