import { isOutage, nextHold, UNREAD } from '../../domain/hold.ts'
import { type Settings } from '../../domain/integration.ts'
import { leavesBehind, renamesContacts } from '../../domain/left-behind.ts'
import { Problem } from '../../domain/problem.ts'
import { takenProblems } from '../../domain/taken-tag.ts'
import { type Sql } from '../../store/engine/database.ts'
import { cutAllShort, cutShort } from '../../store/debts/batches.ts'
import { countWritten } from '../../store/contacts/contacts.ts'
import { releaseHeld } from '../../store/debts/deliveries.ts'
import { oweEveryone } from '../../store/settings/to-owe.ts'
import { dropNamings } from '../../store/contacts/naming.ts'
import { type NewId } from '../../store/engine/ids.ts'
import {
  deleteIntegration,
  deleteUnusedCredentials,
  findCredential,
  insertIntegration,
  keepCredential,
  noteUser,
  setHold,
  setPaused,
  updateIntegration,
  type Integration,
} from '../../store/settings/integrations.ts'
import { changeReaders } from '../../store/settings/sources.ts'
import { pullForward, pullOwnForward } from '../../store/debts/windows.ts'
import { type Telemetry } from '../../telemetry.ts'
import { audited, type Actor } from '../audited.ts'
import { existingIntegration, sourceOfDocument } from '../existing.ts'
import { credentialId, keyPlace } from '../secrets.ts'
import { askMailchimp, keyIn, keyOf, type AskDeps, type Document } from '../live/asking.ts'
import { reviewLive, type LiveReview } from '../live/review-live.ts'
import { type Worker } from '../lanes/worker.ts'
import { leave, leaveBehind } from './leave-behind.ts'
import { exchangeClaims, giveUpClaims } from './tag-claims.ts'

/** Owes everyone whom a change concerns, after the change was saved (R30). */
export type Beginning = { begin(): Promise<void> }

/** What changing integrations takes; every function leaves the worker informed. */
export type IntegrationDeps = AskDeps & {
  readonly newId: NewId
  readonly worker: Pick<Worker, 'reload' | 'wake'>
  readonly owing: Beginning
  readonly telemetry: Telemetry
  /** How long Mailchimp may still apply a request of unknown outcome after it left (R22), in ms. */
  readonly windowMs: number
}

/**
 * Keeps a new integration and makes everyone its source knows due. Refuses what Mailchimp says cannot work; a
 * document with `enabled: false` is a draft and is kept unchecked, and so is one while Mailchimp cannot be asked.
 * Refuses a merge tag that another integration fills (R16c).
 */
export async function createIntegration(
  deps: IntegrationDeps,
  { sourceId, document, actor }: { readonly sourceId: string; readonly document: Document; readonly actor: Actor },
): Promise<Integration> {
  const { db, clock, newId } = deps
  await sourceOfDocument(db, sourceId)
  const { notChecked, user } = await assertWorkable(deps, document)
  const id = newId('int')
  const at = clock()
  await db.transaction(async tx => {
    const saved = { id, sourceId, settings: document.settings, createdAt: at, updatedAt: at }
    await insertIntegration(tx, { ...saved, credentialId: await keepKey(tx, deps, { document, user }) })
    await exchangeClaims(tx, deps, { document: saved, actor })
    await holdUnchecked(tx, { id, notChecked, at })
    await oweEveryone(tx, { integrationId: id, at })
    await audited(tx, deps, { actor, action: 'integration.created', subject: id })
    await changeReaders(tx, sourceId)
  })
  tellUnchecked(deps, { id, notChecked })
  return owed(deps, id)
}

/**
 * Replaces the document; everyone may be out of step with the new one, so everyone is due. A merge tag that it gives up
 * goes to the integration that has waited longest for it (R16c). Nothing is written to the contacts that it gives up: says
 * how many those are (R16f).
 */
export async function replaceIntegration(
  deps: IntegrationDeps,
  { id, document, actor }: { readonly id: string; readonly document: Document; readonly actor: Actor },
): Promise<{ readonly integration: Integration; readonly contactsLeft: number }> {
  const { db, clock } = deps
  const replaced = await existingIntegration(db, id)
  const { notChecked, user } = await assertWorkable(deps, document)
  const { heirs, contactsLeft } = await db.transaction(async tx => {
    const credentialId = await keepKey(tx, deps, { document, user })
    await updateIntegration(tx, { ...replaced, settings: document.settings, credentialId, updatedAt: clock() })
    await holdUnchecked(tx, { id, notChecked, at: clock() })
    const takeOver = await exchangeClaims(tx, deps, { document: { id, settings: document.settings }, actor })
    await leaveBehind(tx, deps, { before: replaced, after: document.settings })
    // What is decided on by the old document is not wanted any more, and the old key may be of use no longer.
    await cutShort(tx, { integrationId: id, at: clock() })
    await deleteUnusedCredentials(tx)
    const left = await leftBehind(tx, replaced, document.settings)
    if (renamesContacts(replaced.settings, document.settings)) await dropNamings(tx, id)
    await oweEveryone(tx, { integrationId: id, at: clock() })
    await audited(tx, deps, { actor, action: 'integration.changed', subject: id, detail: { contactsLeft: left } })
    await changeReaders(tx, replaced.sourceId)
    return { heirs: takeOver, contactsLeft: left }
  })
  tellUnchecked(deps, { id, notChecked })
  return { integration: await owed(deps, id, heirs), contactsLeft }
}

/** Asks Mailchimp about an integration; when nothing is wrong there any more, what was held is due again. */
export async function checkIntegration(deps: IntegrationDeps, id: string): Promise<LiveReview> {
  const integration = await existingIntegration(deps.db, id)
  const { settings, taken } = integration
  const review = await askMailchimp(deps, await keyOf(deps, integration), client =>
    reviewLive(client, settings, deps.clock()),
  )
  if (review.checked && review.problems.length === 0) {
    await deps.db.transaction(tx => releaseAll(tx, integration, deps.clock()))
    await informed(deps, id)
  }
  return { ...review, problems: [...review.problems, ...takenProblems(settings.mappings, taken)] }
}

export async function pauseIntegration(deps: IntegrationDeps, { id, actor }: { id: string; actor: Actor }) {
  const { db } = deps
  await existingIntegration(db, id)
  await db.transaction(async tx => {
    await setPaused(tx, { id, paused: true })
    await audited(tx, deps, { actor, action: 'integration.paused', subject: id })
  })
  return informed(deps, id)
}

/** Lets a paused or held integration try again at once. */
export async function resumeIntegration(deps: IntegrationDeps, { id, actor }: { id: string; actor: Actor }) {
  const { db, clock } = deps
  const integration = await existingIntegration(db, id)
  await db.transaction(async tx => {
    await setPaused(tx, { id, paused: false })
    await releaseAll(tx, integration, clock())
    await audited(tx, deps, { actor, action: 'integration.resumed', subject: id })
  })
  return informed(deps, id)
}

/**
 * Removes the integration with its debts and attempts. The facts of the source stay. While Mailchimp may still apply
 * something of it, the integration is kept for that (R22): gives by when it is gone then.
 */
export async function removeIntegration(
  deps: IntegrationDeps,
  { id, actor }: { id: string; actor: Actor },
): Promise<number | undefined> {
  const { db } = deps
  const removed = await existingIntegration(db, id)
  const { heirs, leavesAt } = await db.transaction(async tx => {
    const takeOver = await giveUpClaims(tx, deps, { id, actor })
    const left = await leftBehind(tx, removed, undefined)
    const leaving = await leave(tx, deps, removed)
    if (leaving === undefined) await removeNow(tx, deps, removed)
    await audited(tx, deps, { actor, action: 'integration.removed', subject: id, detail: { contactsLeft: left } })
    return { heirs: takeOver, leavesAt: leaving }
  })
  await deps.worker.reload()
  if (heirs.length > 0) await deps.owing.begin()
  deps.worker.wake([...heirs, ...(leavesAt === undefined ? [] : [id])])
  return leavesAt
}

async function removeNow(tx: Sql, { clock }: IntegrationDeps, { id, credentialId }: Integration): Promise<void> {
  await deleteIntegration(tx, id)
  await cutAllShort(tx, { credentialId, at: clock() })
  await deleteUnusedCredentials(tx)
}

/** R16f: how many contacts keep what was written to them; `settings` is undefined for an integration that goes. */
async function leftBehind(tx: Sql, before: Integration, settings: Settings | undefined): Promise<number> {
  if (settings && !leavesBehind(before.settings, settings)) return 0
  const { dataCentre, audienceId } = before.settings
  return countWritten(tx, { integrationId: before.id, dataCentre, audienceId })
}

type Workable = {
  /** Why Mailchimp could not be asked. */
  readonly notChecked: string | undefined
  /** Whose key it is, when Mailchimp said so. */
  readonly user: string | undefined
}

async function assertWorkable(deps: IntegrationDeps, document: Document): Promise<Workable> {
  if (!document.settings.enabled) return { notChecked: undefined, user: undefined }
  const { settings } = document
  const { problems, notChecked, account } = await askMailchimp(deps, keyIn(document), client =>
    reviewLive(client, settings, deps.clock()),
  )
  if (problems.length > 0) throw new Problem('invalid_document', 'Mailchimp says that this cannot work', problems)
  return { notChecked, user: account?.user }
}

type Unchecked = { readonly id: string; readonly notChecked: string | undefined }

/** R27: a document that Mailchimp has no say in yet is held until it has one. */
async function holdUnchecked(tx: Sql, { id, notChecked, at }: Unchecked & { readonly at: number }): Promise<void> {
  if (notChecked === undefined) return
  const unread = nextHold({ cause: UNREAD, detail: notChecked }, { before: undefined, now: at })
  await setHold(tx, { table: 'integration', id }, unread)
}

function tellUnchecked({ telemetry }: IntegrationDeps, { id, notChecked }: Unchecked): void {
  if (notChecked !== undefined) telemetry.held({ table: 'integration', id, cause: UNREAD })
}

type KeptKey = { readonly document: Document; readonly user: string | undefined }

async function keepKey(
  tx: Sql,
  { seal, clock }: IntegrationDeps,
  { document: { apiKey, settings }, user }: KeptKey,
): Promise<string> {
  const id = credentialId(apiKey)
  await keepCredential(tx, { id, dataCentre: settings.dataCentre, sealedKey: seal.seal(apiKey, keyPlace(id)) })
  if (user !== undefined) await noteUser(tx, { id, user: { name: user, seenAt: clock() } })
  return id
}

async function releaseAll(tx: Sql, integration: Integration, now: number): Promise<void> {
  const { credentialId } = integration
  const hold = (await findCredential(tx, credentialId))?.hold
  if (isOutage(hold)) await pullForward(tx, { credentialId, now, paused: now - hold.since })
  await setHold(tx, { table: 'credential', id: credentialId }, undefined)
  await setHold(tx, { table: 'integration', id: integration.id }, undefined)
  await releaseHeld(tx, { integrationId: integration.id, now })
  await pullOwnForward(tx, { integrationId: integration.id, now })
}

/** Informed, and everyone is owed, or still to be. */
async function owed(deps: IntegrationDeps, id: string, heirs: readonly string[] = []): Promise<Integration> {
  await deps.worker.reload()
  await deps.owing.begin()
  deps.worker.wake([id, ...heirs])
  return existingIntegration(deps.db, id)
}

async function informed(deps: IntegrationDeps, id: string): Promise<Integration> {
  await deps.worker.reload()
  deps.worker.wake([id])
  return existingIntegration(deps.db, id)
}
