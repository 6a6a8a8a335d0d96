import { type Decision } from '../../domain/decide.ts'
import { type Debt } from '../../domain/delivery.ts'
import { type Isolation } from '../../domain/isolation.ts'
import { withdrawsAny, type Fields, type Request } from '../../domain/plan.ts'
import { type ContactRecord } from '../../domain/contact-record.ts'
import { type Audience } from '../../domain/mapping.ts'
import { contactKey } from '../../mailchimp/address.ts'
import { type ContactKey } from '../../store/contacts/contacts.ts'
import { type ApiRequest } from '../../mailchimp/client.ts'
import { requestFor } from '../../mailchimp/requests.ts'
import { type Intent } from '../../store/debts/attempts.ts'
import { type Carried } from '../../store/debts/carried.ts'
import { type NewId } from '../../store/engine/ids.ts'
import { type Integration } from '../../store/settings/integrations.ts'
import { type Decided } from './decide-debt.ts'

/** A request that is recorded and must now be sent. */
export type Assignment = {
  readonly attemptId: string
  readonly integration: Integration
  readonly person: string
  readonly revision: number
  readonly debt: Debt
  /** What Mailchimp had refused before this attempt. */
  readonly refused: Fields
  readonly isolation: Isolation
  readonly carried: readonly Carried[]
  /** The newest fact that it takes into account. */
  readonly lastFact: string | undefined
  /** What the debt answers for besides (R16f). */
  readonly rest: Decided['rest']
  /** The debt is owed more than this request asserts (R22). */
  readonly isOwedMore: boolean
  readonly decision: Decision
  readonly plan: Request
  readonly contact: string
  /** The name under which the contact is known here. */
  readonly contactKey: ContactKey
  readonly audience: Audience
  readonly request: ApiRequest
  readonly startedAt: number
}

/** One contact at Mailchimp, whichever of its integrations and names speaks of it. */
export const contactPath = ({ settings }: Integration, plan: Request, { contactId }: ContactRecord): string =>
  `${settings.audienceId}/${contactId ?? contactKey(plan.contact)}`

type Assigning = {
  readonly plan: Request
  readonly contact: string
  readonly contactKey: ContactKey
  readonly now: number
  readonly newId: NewId
}

/** What has to be sent for a decided debt. */
export const assign = (
  { debt, ready, decision, isolation, carried, lastFact, rest, isOwedMore }: Decided,
  { plan, contact, contactKey, now, newId }: Assigning,
): Assignment => ({
  attemptId: newId('att'),
  integration: ready.integration,
  person: debt.person,
  revision: debt.revision,
  debt: {
    failed: debt.failed,
    firstFailedAt: debt.firstFailedAt,
    carriesWithdrawal:
      debt.carriesWithdrawal || withdrawsAny(plan.fields, decision.lastDelivered, decision.desired.lists),
  },
  refused: debt.refused,
  isolation,
  carried,
  lastFact,
  rest,
  isOwedMore,
  decision,
  plan,
  contact,
  contactKey,
  audience: ready.audience,
  request: requestFor(plan, ready.integration.settings.audienceId),
  startedAt: now,
})

export const intentOf = (
  { attemptId, integration, person, revision, request, carried, startedAt }: Assignment,
  batchId?: string,
): Intent => ({
  id: attemptId,
  integrationId: integration.id,
  person,
  revision,
  startedAt,
  method: request.method,
  path: request.path,
  request: request.body,
  carried,
  batchId,
})
