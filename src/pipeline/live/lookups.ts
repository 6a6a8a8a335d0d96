import { type MergeField } from '../../domain/merge-field.ts'
import { Problem, type FieldProblem } from '../../domain/problem.ts'
import { readAccount, readMergeFields, type Account, type Read, type Trouble } from '../../mailchimp/audience.ts'
import { createTextField, readAudiences, readSizedAudience, type SizedAudience } from '../../mailchimp/lookups.ts'
import { audited, type Actor } from '../audited.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { askMailchimp, type AskDeps, type Key } from './asking.ts'
import { blockProblem } from './review-live.ts'

type AccountAnswer =
  | { readonly ok: true; readonly account: Account; readonly audiences: readonly SizedAudience[] }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] }

/** Whose key it is and which audiences it opens, or what is wrong with it. */
export const lookUpAccount = (deps: AskDeps, key: Key): Promise<AccountAnswer> =>
  askMailchimp(deps, key, async client => {
    const account = await readAccount(client, deps.clock())
    if (account.kind !== 'read') return { ok: false, problems: [asProblem(account)] }
    const audiences = await readAudiences(client, deps.clock())
    if (audiences.kind !== 'read') return { ok: false, problems: [asProblem(audiences)] }
    return { ok: true, account: account.value, audiences: audiences.value }
  })

type AudienceOf = { readonly key: Key; readonly audienceId: string }

/** One audience with its merge fields. Refuses what Mailchimp refuses. */
export const lookUpAudience = (deps: AskDeps, { key, audienceId }: AudienceOf) =>
  askMailchimp(deps, key, async client => {
    const audience = valueOf(await readSizedAudience(client, audienceId, deps.clock()))
    const fields = valueOf(await readMergeFields(client, audienceId, deps.clock()))
    return { ...audience, fields }
  })

type NewField = AudienceOf & { readonly tag: string; readonly name: string; readonly actor: Actor }

/** Makes a text merge field in an audience. Refuses what Mailchimp refuses. */
export async function makeMergeField(
  deps: AskDeps & { readonly newId: NewId },
  { key, audienceId, tag, name, actor }: NewField,
): Promise<MergeField> {
  const made = await askMailchimp(deps, key, client => createTextField(client, { audienceId, tag, name }, deps.clock()))
  if (made.kind === 'rejected') throw refusal([refusedField(made.detail)])
  const field = valueOf(made)
  await deps.db.transaction(tx =>
    audited(tx, deps, { actor, action: 'merge_field.created', subject: `${audienceId}/${field.tag}` }),
  )
  return field
}

function valueOf<T>(read: Read<T>): T {
  if (read.kind === 'read') return read.value
  throw refusal([asProblem(read)])
}

/** What Mailchimp has against the key or the audience; whether it can be asked at all is no fault of the caller. */
function asProblem(trouble: Trouble): FieldProblem {
  if (trouble.kind === 'blocked') return blockProblem(trouble, 'audience_id')
  throw new Problem('mailchimp_unreachable', trouble.detail)
}

const refusal = (problems: readonly FieldProblem[]): Problem =>
  new Problem('invalid_request', 'Mailchimp says that this cannot work', problems)

const refusedField = (detail: string): FieldProblem => ({
  path: 'tag',
  code: 'merge_field_refused',
  detail: `Mailchimp says: ${detail}`,
  remedy: 'Use the merge field that is there, choose another tag, or make room for one more.',
})
