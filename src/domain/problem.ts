type Entry = { readonly status: number; readonly title: string; readonly advice: string }

/** Every way in which we refuse a caller: status, title, and what to do about it. docs/problems.md is made from it. */
export const PROBLEMS = {
  invalid_document: {
    status: 422,
    title: 'The integration document has problems',
    advice: 'Correct every entry of `errors`; each names the field and the remedy.',
  },
  invalid_request: {
    status: 422,
    title: 'The request has problems',
    advice: 'Correct every entry of `errors`; each names the field and the remedy.',
  },
  invalid_json: { status: 400, title: 'The body is not JSON', advice: 'Send a JSON body, encoded in UTF-8.' },
  invalid_cursor: {
    status: 400,
    title: 'The cursor is not one of ours',
    advice: 'Use `next_cursor` of the previous page unchanged, or leave `cursor` out.',
  },
  malformed_request: {
    status: 400,
    title: 'The request is malformed',
    advice: 'Send HTTP/1.1 as RFC 9112 says; `detail` names the fault.',
  },
  too_slow: {
    status: 408,
    title: 'The request took too long to come in',
    advice: 'Send it again, in one go. Nothing was stored.',
  },
  address_too_long: {
    status: 414,
    title: 'The address is too long',
    advice: 'Check the id in the address.',
  },
  headers_too_large: {
    status: 431,
    title: 'The headers are too large',
    advice: 'Send fewer or shorter headers.',
  },
  unauthorized: {
    status: 401,
    title: 'Not authenticated',
    advice: 'Sign in, or send `Authorization: Bearer <token>` with a token of this service.',
  },
  forbidden: { status: 403, title: 'Not allowed', advice: 'Use an account or a token whose role may do this.' },
  sign_in_refused: {
    status: 401,
    title: 'Not signed in',
    advice: 'Check the e-mail address and the password. An owner can set a new one.',
  },
  too_many_attempts: {
    status: 429,
    title: 'Too many tries at once',
    advice:
      'Try again after the seconds in `Retry-After`, or in a browser that signed in to this account before: it need not wait.',
  },
  setup_refused: {
    status: 403,
    title: 'The set-up link does not work',
    advice: 'Use the link that the service printed at its last start. Once there is an account, sign in instead.',
  },
  csrf_token_missing: {
    status: 403,
    title: 'The request may not come from our own pages',
    advice: "Send the session's `csrf_token` in the header `X-CSRF-Token`, or use an API token.",
  },
  proof_required: {
    status: 403,
    title: 'This needs a fresh proof of who you are',
    advice: 'Send the password of your account to `POST /v1/session/proof`, then try again within five minutes.',
  },
  not_found: { status: 404, title: 'There is no such thing here', advice: 'Check the id in the address.' },
  method_not_allowed: {
    status: 405,
    title: 'The address does not take this method',
    advice: 'Use one of the methods in `Allow`.',
  },
  conflict: { status: 409, title: 'It exists already', advice: 'Change or delete the existing one.' },
  tag_taken: {
    status: 409,
    title: 'Another integration fills the merge tag',
    advice: 'Take the tags that `errors` lists out of one of the two mappings, or disable the other integration.',
  },
  wrong_state: {
    status: 409,
    title: 'Its state does not allow this',
    advice: 'Read it again; `detail` says what it would have to be.',
  },
  idempotency_key_reused: {
    status: 422,
    title: 'The Idempotency-Key came with another request before',
    advice: 'Send each request under a key of its own, and the same request again under the same key.',
  },
  payload_too_large: {
    status: 413,
    title: 'The body is too large',
    advice: 'Send less in one request; `detail` says how much the address takes.',
  },
  unsupported_media_type: {
    status: 415,
    title: 'The body is of a type or encoding that we do not take',
    advice: 'Send `Content-Type: application/json` without a `Content-Encoding`.',
  },
  mailchimp_unreachable: {
    status: 502,
    title: 'Mailchimp could not be asked',
    advice: 'Try again in a moment; `detail` says what came back.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    advice: 'Send it again after the seconds in `Retry-After`. Nothing was stored.',
  },
  store_unavailable: {
    status: 503,
    title: 'The store does not answer, or cannot write',
    advice:
      'Send a webhook again after the seconds in `Retry-After`: one that was kept is known as a repeat. Look whether anything else was done before you ask for it again.',
  },
  stopping: {
    status: 503,
    title: 'The service stops',
    advice: 'Send it again after the seconds in `Retry-After`. Nothing was stored.',
  },
  internal: {
    status: 500,
    title: 'A bug of ours',
    advice: 'Report the `instance` of this answer; it is in the log.',
  },
} as const satisfies Record<string, Entry>

export type ProblemCode = keyof typeof PROBLEMS

/** One thing that is wrong with what was sent: where (a JSON path), what, and what to do about it. */
export type FieldProblem = {
  readonly path: string
  readonly code: string
  readonly detail: string
  readonly remedy: string
}

/** A refusal of a caller. Thrown where it is refused; one function of `http` and one of `cli` turn it into words. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly errors: readonly FieldProblem[]

  constructor(code: ProblemCode, detail: string, errors: readonly FieldProblem[] = []) {
    super(detail)
    this.code = code
    this.errors = errors
  }
}
