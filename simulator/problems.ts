import { type Answer } from './answers.ts'
import { type Json, phpTypeOf } from './json.ts'

export type FieldError = Readonly<{ field: string; message: string }>

/** A refusal as Mailchimp writes it: an RFC 7807 document, `application/problem+json`. */
export type Problem = Readonly<{
  status: number
  title: string
  detail: string
  errors?: readonly FieldError[]
  /** `Member Exists` and `Member In Compliance State` come without a `type` (recorded, reported). */
  typeless?: boolean
  allow?: string
}>

const TYPE = 'https://mailchimp.com/developer/marketing/docs/errors/'

export const VALIDATION_DETAIL =
  "The resource submitted could not be validated. For field-specific details, see the 'errors' array."

function problemBody(problem: Problem, requestId: string): string {
  const { status, title, detail, errors } = problem
  const document = { title, status, detail, instance: requestId, ...(errors ? { errors } : {}) }
  return JSON.stringify(problem.typeless ? document : { type: TYPE, ...document })
}

export function problemAnswer(problem: Problem, call: Readonly<{ requestId: string; origin: string }>): Answer {
  const schema = `<${call.origin}/schema/3.0/Definitions/ProblemDetailDocument.json>; rel="describedBy"`
  return {
    status: problem.status,
    contentType: 'application/problem+json; charset=utf-8',
    body: problemBody(problem, call.requestId),
    headers: problem.allow
      ? [
          ['Link', schema],
          ['Allow', problem.allow],
        ]
      : [['Link', schema]],
  }
}

export function notFound(): Problem {
  return { status: 404, title: 'Resource Not Found', detail: 'The requested resource could not be found.' }
}

export function invalid(detail: string): Problem {
  return { status: 400, title: 'Invalid Resource', detail }
}

export function invalidFields(errors: readonly FieldError[]): Problem {
  return { status: 400, title: 'Invalid Resource', detail: VALIDATION_DETAIL, errors }
}

export function invalidMergeFields(errors: readonly FieldError[]): Problem {
  return { status: 400, title: 'Invalid Resource', detail: 'Your merge fields were invalid.', errors }
}

export function methodNotAllowed(allow: string): Problem {
  const detail = 'The requested method and resource are not compatible. See the Allow header for this resource.'
  return { status: 405, title: 'Method Not Allowed', detail, allow }
}

/** Mailchimp's words of November 2021, and those of April with a second space (both recorded). */
const ARCHIVE_REFUSALS = {
  explained: 'This list member cannot be removed. Can not archive a contact that is bounced, pending or archived',
  contact_support: 'This list member cannot be removed.  Please contact support.',
}

export type ArchiveRefusal = keyof typeof ARCHIVE_REFUSALS

export function cannotArchive(words: ArchiveRefusal): Problem {
  return { status: 405, title: 'Method Not Allowed', detail: ARCHIVE_REFUSALS[words], allow: 'GET, PUT' }
}

export function memberExists(address: string): Problem {
  const detail = `${address} is already a list member. Use PUT to insert or update list members.`
  return { status: 400, title: 'Member Exists', detail, typeless: true }
}

export function complianceState(address: string): Problem {
  const detail = `${address} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`
  return { status: 400, title: 'Member In Compliance State', detail, typeless: true }
}

export function forgotten(address: string): Problem {
  const detail = `${address} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.`
  return { status: 400, title: 'Forgotten Email Not Subscribed', detail }
}

export function jsonParse(): Problem {
  const detail = 'We encountered an unspecified JSON parsing error.'
  return { status: 400, title: 'JSON Parse Exception', detail }
}

/** Mailchimp's sentence for a value of another JSON type than its schema has. */
export function wrongType(value: Json | undefined, field: string, type: string): readonly FieldError[] {
  if (value === undefined || phpTypeOf(value) === type) return []
  return [{ field, message: `Schema describes ${type}, ${phpTypeOf(value)} found instead` }]
}

/** A refusal where there is no answer to put it in. */
export function refusal(what: string, { detail, errors = [] }: Problem): Error {
  return new Error([`${what}: ${detail}`, ...errors.map(({ field, message }) => `${field}: ${message}.`)].join(' '))
}
