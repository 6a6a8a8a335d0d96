import {
  accountQuestion,
  audienceQuestion,
  mailchimpAccount,
  mailchimpAudience,
  mergeField,
  newMergeField,
} from '../../contract/mailchimp.ts'
import { parseAuthentication } from '../../contract/parse-authentication.ts'
import { type MergeField } from '../../domain/merge-field.ts'
import { Problem, type FieldProblem } from '../../domain/problem.ts'
import { existingIntegration } from '../../pipeline/existing.ts'
import { keyOf, type Key } from '../../pipeline/live/asking.ts'
import { lookUpAccount, lookUpAudience, makeMergeField } from '../../pipeline/live/lookups.ts'
import { type Api, type ApiDeps } from './deps.ts'

const tags = ['mailchimp']
const role = 'operator'

/** What a form about Mailchimp has to know while it is filled in. Keys are used once and not kept. */
export function mailchimpRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/mailchimp/account',
    {
      config: { role, refuses: ['not_found', 'mailchimp_unreachable', 'overloaded'] },
      schema: {
        tags,
        operationId: 'getMailchimpAccount',
        summary: 'Look up whose key it is',
        description:
          'The answer names the account and the audiences that the key opens, or says what is wrong with the key. A key that is sent is not kept.',
        body: accountQuestion,
        response: { 200: mailchimpAccount },
      },
    },
    async ({ body }) => {
      const found = await findKey(deps, body)
      if (!found.ok) return { ok: false, account: null, audiences: [], problems: [...found.problems] }
      const answer = await lookUpAccount(deps, found.key)
      if (!answer.ok) return { ok: false, account: null, audiences: [], problems: [...answer.problems] }
      const { name, role } = answer.account
      const account = { name, role, data_centre: found.key.dataCentre }
      return { ok: true, account, audiences: [...answer.audiences], problems: [] }
    },
  )
  audienceRoutes(api, deps)
}

function audienceRoutes(api: Api, deps: ApiDeps): void {
  api.post(
    '/v1/mailchimp/audience',
    {
      config: { role, refuses: ['not_found', 'mailchimp_unreachable', 'overloaded'] },
      schema: {
        tags,
        operationId: 'getMailchimpAudience',
        summary: 'Look up an audience',
        description: 'The answer names the audience and its merge fields. What Mailchimp refuses is refused.',
        body: audienceQuestion,
        response: { 200: mailchimpAudience },
      },
    },
    async ({ body }) => {
      const key = await keyIn(deps, body)
      const { id, name, contacts, fields } = await lookUpAudience(deps, { key, audienceId: body.audience_id })
      return { id, name, contacts, merge_fields: fields.map(show) }
    },
  )
  api.post(
    '/v1/mailchimp/merge-fields',
    {
      config: { role, refuses: ['not_found', 'mailchimp_unreachable', 'overloaded'] },
      schema: {
        tags,
        operationId: 'createMergeField',
        summary: 'Make a text merge field',
        description:
          'The audience has the merge field. What Mailchimp refuses is refused, such as a tag that is there already.',
        body: newMergeField,
        response: { 201: mergeField },
      },
    },
    async ({ body, actor }, reply) => {
      const key = await keyIn(deps, body)
      const { audience_id: audienceId, tag, name } = body
      return reply.code(201).send(show(await makeMergeField(deps, { key, audienceId, tag, name, actor })))
    },
  )
}

const show = ({ tag, name, type, choices }: MergeField) => ({ tag, name, type, choices: [...choices] })

type KeyQuestion = { readonly authentication?: unknown; readonly integration_id?: string | undefined }
type FoundKey =
  { readonly ok: true; readonly key: Key } | { readonly ok: false; readonly problems: readonly FieldProblem[] }

async function findKey(deps: ApiDeps, body: KeyQuestion): Promise<FoundKey> {
  const { authentication, integration_id: integrationId } = body
  if (integrationId !== undefined)
    return { ok: true, key: await keyOf(deps, await existingIntegration(deps.db, integrationId)) }
  const parsed = parseAuthentication(authentication)
  return parsed.ok ? { ok: true, key: parsed } : parsed
}

async function keyIn(deps: ApiDeps, asking: KeyQuestion): Promise<Key> {
  const found = await findKey(deps, asking)
  if (found.ok) return found.key
  throw new Problem('invalid_request', 'the key cannot be used as it is', found.problems)
}
