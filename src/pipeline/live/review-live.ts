import { BLOCK_SCOPE } from '../../domain/outcome.ts'
import { type Audience } from '../../domain/mapping.ts'
import { type FieldProblem } from '../../domain/problem.ts'
import { EXPLANATIONS } from '../../domain/reason.ts'
import { notesOn, reviewAdmission, reviewMapping } from '../../domain/review.ts'
import { type Settings } from '../../domain/integration.ts'
import {
  readAccount,
  readAudience,
  readMergeFields,
  type Account,
  type AudienceSummary,
  type Trouble,
} from '../../mailchimp/audience.ts'
import { type Client } from '../../mailchimp/client.ts'

/** What Mailchimp says about a document. `checked` is false when it could not be asked, and `notChecked` says why. */
export type LiveReview = {
  readonly checked: boolean
  readonly notChecked: string | undefined
  readonly problems: readonly FieldProblem[]
  /** What works, and needs to be known nevertheless. */
  readonly notes: readonly FieldProblem[]
  readonly account: Account | undefined
  readonly audience: (AudienceSummary & Audience) | undefined
}

/** Checks the key, the data centre, the audience and every merge tag against the account, with reads only. */
export async function reviewLive(client: Client, settings: Settings, now: number): Promise<LiveReview> {
  const account = await readAccount(client, now)
  if (account.kind !== 'read') return troubled(account, undefined)
  const summary = await readAudience(client, settings.audienceId, now)
  if (summary.kind !== 'read') return troubled(summary, account.value)
  const fields = await readMergeFields(client, settings.audienceId, now)
  if (fields.kind !== 'read') return troubled(fields, account.value)
  const audience = { ...summary.value, fields: fields.value }
  return {
    checked: true,
    notChecked: undefined,
    problems: [...reviewMapping(settings, audience), ...reviewAdmission(settings, audience)],
    notes: notesOn(settings, audience),
    account: account.value,
    audience,
  }
}

function troubled(trouble: Trouble, account: Account | undefined): LiveReview {
  const known = { problems: [], notes: [], account, audience: undefined }
  // A certificate says nothing of the document.
  if (trouble.kind !== 'blocked' || trouble.cause === 'certificate_untrusted')
    return { ...known, checked: false, notChecked: `${trouble.cause}: ${trouble.detail}` }
  return { ...known, checked: true, notChecked: undefined, problems: [blockProblem(trouble, 'properties.audience_id')] }
}

/** A block as what is wrong with the request that named the key and, at `audiencePath`, the audience. */
export function blockProblem({ cause, detail }: Trouble & { kind: 'blocked' }, audiencePath: string): FieldProblem {
  const { says, next } = EXPLANATIONS[cause]
  const path = BLOCK_SCOPE[cause] === 'credential' ? 'authentication.api_key' : audiencePath
  return { path, code: cause, detail: `${says} Mailchimp says: ${detail}`, remedy: next }
}
