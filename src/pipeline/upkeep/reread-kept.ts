import { releasedKeys } from '../../didomi/released.ts'
import { readWebhook } from '../../didomi/webhook.ts'
import { type Sql } from '../../store/engine/database.ts'
import { readBodies, type KeptBody } from '../../store/ledger/bodies.ts'
import { type StoredFact } from '../../store/ledger/facts.ts'
import { dropFacts, factsByKey, isKeptAlike, relinkUsers, rewriteFacts } from '../../store/ledger/rereading.ts'
import { addTallies } from '../../store/ledger/tallies.ts'
import { userOf } from '../intake/take-in.ts'
import { countOf, tallyOfMoved, type Count } from '../intake/tally.ts'

/** A fact as it is kept, and as the present reader reads its record. */
type Rewriting = { readonly was: StoredFact; readonly is: StoredFact }

/**
 * Reads these bodies of an older release again: what they made says from now on what the present reader reads, under
 * its key. Of two facts that are one now the first stays, and the other is counted as a repeat (I16). Gives how many
 * facts changed.
 */
export async function rereadKept(tx: Sql, ids: readonly string[]): Promise<number> {
  const rewritings = await rewritingsIn(tx, await readBodies(tx, ids))
  const changed = rewritings.filter(({ was, is }) => !isKeptAlike(was, is))
  if (changed.length === 0) return 0
  const { kept, repeats } = await apart(tx, changed)
  await dropFacts(
    tx,
    repeats.map(({ fact }) => fact.id),
  )
  await rewriteFacts(
    tx,
    kept.map(({ is }) => is),
  )
  const moved = [
    ...kept.map(({ was, is }) => ({ from: standingOf(was), to: standingOf(is) })),
    ...repeats.map(was => ({ from: standingOf(was), to: repeatOf(was) })),
  ]
  await addTallies(tx, tallyOfMoved(moved))
  await relinkUsers(tx, [...changed.flatMap(({ was, is }) => [was, is]), ...repeats].map(userOf))
  return changed.length
}

async function rewritingsIn(tx: Sql, bodies: readonly KeptBody[]): Promise<Rewriting[]> {
  const told = bodies.filter(({ raw }) => raw.byteLength > 0).flatMap(toldIn)
  const facts = new Map((await factsByKey(tx, told)).map(fact => [keyText(fact), fact]))
  return told.flatMap(({ inboxId, sourceId, key, reading }) => {
    const was = facts.get(keyText({ sourceId, key }))
    // The same record may stand in several bodies; its fact is as old as the first of them.
    if (was?.inboxId !== inboxId) return []
    const { names } = reading
    const person = names ?? (was.fact.names === undefined ? was.person : undefined)
    return [
      {
        was,
        is: { ...was, fact: { ...reading, id: was.fact.id, clockOff: was.fact.clockOff }, key: reading.key, person },
      },
    ]
  })
}

/** What the present reader reads, beside the key under which its fact is kept. */
const toldIn = ({ id, sourceId, raw, receivedAt }: KeptBody) => {
  const keys = releasedKeys(raw, receivedAt)
  return readWebhook(raw, receivedAt).flatMap((reading, place) => {
    const key = keys[place]
    return reading.kind === 'fact' && key !== undefined ? [{ inboxId: id, sourceId, key, reading: reading.fact }] : []
  })
}

const keyText = ({ sourceId, key }: { readonly sourceId: string; readonly key: string }): string => `${sourceId} ${key}`

/** Those that stay, and those that another one among them, or among all that is kept, repeats. */
async function apart(tx: Sql, changed: readonly Rewriting[]) {
  const moving = new Set(changed.map(({ was }) => was.fact.id))
  const holders = (
    await factsByKey(
      tx,
      changed.map(({ is }) => is),
    )
  ).filter(({ fact }) => !moving.has(fact.id))
  const owners = new Map(holders.map(fact => [keyText(fact), fact]))
  const kept = new Map<string, Rewriting>()
  const repeats: StoredFact[] = []
  for (const each of changed.toSorted((a, b) => (a.was.fact.id < b.was.fact.id ? -1 : 1))) {
    const key = keyText(each.is)
    const owner = kept.get(key)?.was ?? owners.get(key)
    if (owner && owner.fact.id < each.was.fact.id) {
      repeats.push(each.was)
      continue
    }
    if (owner) repeats.push(owner)
    kept.set(key, each)
  }
  return { kept: [...kept.values()], repeats }
}

const standingOf = (stored: StoredFact): Count => countOf(stored, new Set([stored.fact.id]))

const repeatOf = ({ sourceId }: StoredFact): Count => ({ sourceId, kind: 'duplicate', family: '' })
