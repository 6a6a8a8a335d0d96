import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject } from './json.ts'
import { VALIDATION_DETAIL, type Problem } from './problems.ts'

/** What the header `X-Trigger-Error` can ask for: Mailchimp's own way to rehearse failures. */
export const TRIGGERS: Readonly<Record<string, Problem>> = {
  BadRequest: { status: 400, title: 'Bad Request', detail: 'Your request could not be processed.' },
  InvalidAction: {
    status: 400,
    title: 'Invalid Action',
    detail: 'The action requested was not valid for this resource.',
  },
  InvalidResource: { status: 400, title: 'Invalid Resource', detail: VALIDATION_DETAIL, errors: [] },
  JSONParseError: {
    status: 400,
    title: 'JSON Parse Exception',
    detail: 'We encountered an unspecified JSON parsing error.',
  },
  APIKeyMissing: { status: 401, title: 'API Key Missing', detail: 'Your request did not include an API key.' },
  APIKeyInvalid: {
    status: 401,
    title: 'API Key Invalid',
    detail: "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
  },
  PaymentRequired: { status: 402, title: 'Payment Required', detail: 'This account has an unpaid balance.' },
  Forbidden: { status: 403, title: 'Forbidden', detail: 'You are not permitted to access this resource.' },
  UserDisabled: { status: 403, title: 'User Disabled', detail: 'This account has been deactivated.' },
  WrongDatacenter: {
    status: 403,
    title: 'Wrong Datacenter',
    detail: 'The API key provided is linked to a different data center.',
  },
  ResourceNotFound: {
    status: 404,
    title: 'Resource Not Found',
    detail: 'The requested resource could not be found.',
  },
  MethodNotAllowed: {
    status: 405,
    title: 'Method Not Allowed',
    detail: 'The requested method and resource are not compatible. See the Allow header for this resource.',
    allow: 'GET, POST',
  },
  ResourceNestingTooDeep: {
    status: 414,
    title: 'Resource Nesting Too Deep',
    detail: 'The sub-resource requested is nested too deeply.',
  },
  InvalidMethodOverride: {
    status: 422,
    title: 'Invalid Method Override',
    detail: 'You can only use the X-HTTP-Method-Override header with the POST method.',
  },
  RequestedFieldsInvalid: {
    status: 422,
    title: 'Requested Fields Invalid',
    detail: 'The fields requested from this resource are invalid.',
  },
  TooManyRequests: {
    status: 429,
    title: 'TooManyRequests',
    detail: 'You have exceeded the limit of 10 simultaneous connections.',
  },
  InternalServerError: {
    status: 500,
    title: 'InternalServerError',
    detail: 'A deep, internal error has occurred during the processing of your request. Please contact support.',
  },
  ComplianceRelated: { status: 503, title: 'Compliance Related', detail: 'This method has been disabled.' },
}

/** The failure a request asks for: by header, or by an address such as `ada+trigger-TooManyRequests@mail.test`. */
export function triggeredProblem(headers: IncomingHttpHeaders, body: JsonObject): Problem | undefined {
  const named = headers['x-trigger-error']
  if (typeof named === 'string') return TRIGGERS[named]
  const address = body['email_address']
  const inAddress = typeof address === 'string' ? /\+trigger-(\w+)@/.exec(address)?.[1] : undefined
  return inAddress === undefined ? undefined : TRIGGERS[inAddress]
}
