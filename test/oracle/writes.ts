import { isObject, type Json } from './json.ts'

/** A request as the simulator logs it. */
export type Logged = {
  readonly n: number
  readonly method: string
  readonly path: string
  readonly body: Json
  readonly status: number | null
  readonly arrived_at: number
  readonly answered_at: number | null
  readonly applied_at: number | null
  readonly fault: string | null
}

/** Who was where at Mailchimp, until after the request of that number. */
export type Sight = {
  readonly through: number
  readonly audience: string
  readonly contacts: readonly { readonly hash: string; readonly contactId: string }[]
}

/** One request of ours about one contact. */
export type Write = {
  readonly n: number
  readonly method: string
  readonly audience: string
  /** The hash of the address that the contact had then. */
  readonly hash: string
  readonly contactId: string | undefined
  readonly values: Readonly<Record<string, string>>
  readonly body: Json
  readonly arrivedAt: number
  readonly appliedAt: number | undefined
  /** We were told that it was done. */
  readonly isConfirmed: boolean
  /** The process ended before the answer, or with it: whether it was noted cannot be known. */
  readonly isForgotten: boolean
  readonly status: number | null
  readonly fault: string | null
}

/** Faults whose name begins so only take time: the answer is Mailchimp's own. */
export const ONLY_SLOW = 'slow'

const MEMBER = /\/lists\/([^/]+)\/members\/([^/?]+)(?:\?|$)/

export function writesIn(
  requests: readonly Logged[],
  sights: readonly Sight[],
  ends: readonly number[] = [],
): readonly Write[] {
  return requests.flatMap(request => {
    const [, audience, name] = MEMBER.exec(request.path) ?? []
    if (audience === undefined || name === undefined || !['PUT', 'PATCH'].includes(request.method)) return []
    const sight = sights.find(each => each.audience === audience && each.through >= request.n)
    const called = decodeURIComponent(name).toLowerCase()
    const contact = sight?.contacts.find(({ hash, contactId }) => hash === called || contactId === called)
    const { status, applied_at, answered_at, fault } = request
    const isOk = status !== null && status >= 200 && status < 300 && applied_at !== null && answered_at !== null
    return [
      {
        n: request.n,
        method: request.method,
        audience,
        hash: contact?.hash ?? called,
        contactId: contact?.contactId,
        values: valuesIn(request.body),
        body: request.body,
        arrivedAt: request.arrived_at,
        appliedAt: applied_at ?? undefined,
        isConfirmed: isOk && (fault === null || fault.startsWith(ONLY_SLOW)),
        isForgotten: ends.some(end => request.arrived_at <= end && end <= (answered_at ?? Infinity)),
        status,
        fault,
      },
    ]
  })
}

function valuesIn(body: Json): Readonly<Record<string, string>> {
  const fields = isObject(body) ? body['merge_fields'] : undefined
  if (!isObject(fields)) return {}
  return Object.fromEntries(
    Object.entries(fields).flatMap(([tag, value]) => (typeof value === 'string' ? [[tag, value] as const] : [])),
  )
}
