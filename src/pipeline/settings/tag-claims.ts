import { Problem } from '../../domain/problem.ts'
import { claimedAs, takenDetail, takenProblems } from '../../domain/taken-tag.ts'
import { cutShort } from '../../store/debts/batches.ts'
import { oweEveryone } from '../../store/settings/to-owe.ts'
import { type Sql } from '../../store/engine/database.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { renewIntegration, type Integration } from '../../store/settings/integrations.ts'
import { claimTags, dropClaims, passOn, tagsTakenFrom, type AudienceTag } from '../../store/settings/tag-claims.ts'
import { audited, type Actor } from '../audited.ts'

type ClaimDeps = { readonly clock: () => number; readonly newId: NewId }

type Claiming = { readonly document: Pick<Integration, 'id' | 'settings'>; readonly actor: Actor }

/**
 * R16c: a document that is enabled fills the tags of its mapping, and one that is not fills none. Refuses one when
 * another integration fills any of its tags. Gives the integrations that take over a tag which this one gives up.
 */
export async function exchangeClaims(tx: Sql, deps: ClaimDeps, { document, actor }: Claiming): Promise<string[]> {
  const before = await dropClaims(tx, document.id)
  const after = document.settings.enabled ? await claimAll(tx, document) : []
  const kept = new Set(after.map(keyOf))
  const freed = before.filter(tag => !kept.has(keyOf(tag)))
  return passOnAll(tx, deps, { freed, actor })
}

/** The tags of an integration that is about to be removed, as `exchangeClaims` gives them up. */
export async function giveUpClaims(
  tx: Sql,
  deps: ClaimDeps,
  { id, actor }: { readonly id: string; readonly actor: Actor },
): Promise<string[]> {
  return passOnAll(tx, deps, { freed: await dropClaims(tx, id), actor })
}

async function claimAll(tx: Sql, document: Claiming['document']): Promise<AudienceTag[]> {
  const { dataCentre, audienceId, mappings } = document.settings
  await claimTags(tx, document)
  const taken = await tagsTakenFrom(tx, document)
  if (taken.length > 0) throw new Problem('tag_taken', takenDetail(taken), takenProblems(mappings, taken))
  return mappings.map(({ id }) => ({ dataCentre, audienceId, tag: claimedAs(id) }))
}

const keyOf = ({ dataCentre, audienceId, tag }: AudienceTag): string => `${dataCentre}/${audienceId}/${tag}`

type PassingOn = { readonly freed: readonly AudienceTag[]; readonly actor: Actor }

/** An integration that takes over a tag asserts it for everyone, and nothing that was decided without the tag counts. */
async function passOnAll(tx: Sql, deps: ClaimDeps, { freed, actor }: PassingOn): Promise<string[]> {
  const heirs = new Set<string>()
  for (const tag of freed) {
    const heir = await passOn(tx, tag)
    if (heir !== undefined) heirs.add(heir)
  }
  for (const id of heirs) {
    const at = deps.clock()
    await renewIntegration(tx, { id, at })
    await cutShort(tx, { integrationId: id, at })
    await oweEveryone(tx, { integrationId: id, at })
    await audited(tx, deps, { actor, action: 'integration.tag_taken_over', subject: id })
  }
  return [...heirs]
}
