import { type Role } from '../../domain/role.ts'
import { type Database } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { findToken, insertToken, revokeToken, type Token } from '../../store/access/tokens.ts'
import { audited, type Actor } from '../audited.ts'
import { notFound } from '../existing.ts'
import { hashSecret, newSecret } from '../secrets.ts'

type TokenDeps = { readonly db: Database; readonly clock: () => number; readonly newId: NewId }

/** Makes an API token; its text is returned here and never again. */
export async function createToken(
  { db, clock, newId }: TokenDeps,
  { name, role, actor, text = newSecret('crt') }: { name: string; role: Role; actor: Actor; text?: string },
): Promise<{ readonly id: string; readonly token: string }> {
  const id = newId('tok')
  await db.transaction(async tx => {
    await insertToken(tx, { id, name, role, hash: hashSecret(text), createdAt: clock() })
    await audited(tx, { clock, newId }, { actor, action: 'token.created', subject: id })
  })
  return { id, token: text }
}

export async function removeToken(
  { db, clock, newId }: TokenDeps,
  { id, actor }: { readonly id: string; readonly actor: Actor },
): Promise<void> {
  await db.transaction(async tx => {
    if (!(await revokeToken(tx, { id, at: clock() }))) throw notFound(`live token ${id}`)
    await audited(tx, { clock, newId }, { actor, action: 'token.revoked', subject: id })
  })
}

/** The token behind a bearer text, if it is one of ours and was not revoked. */
export const authenticate = (db: Database, text: string): Promise<Token | undefined> => findToken(db, hashSecret(text))

/** Sees to it that the token which the operator configured is an owner's. One that was revoked stays revoked. */
export async function keepBootstrapToken(deps: TokenDeps, text: string | undefined): Promise<void> {
  if (text === undefined || (await authenticate(deps.db, text))) return
  await createToken(deps, { name: 'bootstrap', role: 'owner', actor: 'first start', text })
}
