/** An API key, the Mailchimp user it belongs to where that is known, and the audiences that are written to with it. */
export type KeyUse = {
  readonly credentialId: string
  /** As `GET /` names the user; undefined until Mailchimp was asked. */
  readonly user: string | undefined
  /** Each with its data centre. */
  readonly audiences: readonly string[]
}

/**
 * The keys of each login: those of one Mailchimp user, and those that write to one audience, joined transitively. Every
 * key is in one login. Keys of unknown users are not taken for keys of one user.
 */
export function loginsOf(keys: readonly KeyUse[]): readonly (readonly KeyUse[])[] {
  let logins: readonly Login[] = []
  for (const key of keys) {
    const marks = marksOf(key)
    const joined = logins.filter(login => marks.some(mark => login.marks.has(mark)))
    const apart = logins.filter(login => !joined.includes(login))
    const together = joined.flatMap(login => login.keys)
    logins = [
      ...apart,
      { keys: [...together, key], marks: new Set([...joined.flatMap(login => [...login.marks]), ...marks]) },
    ]
  }
  return logins.map(({ keys: own }) => own)
}

type Login = { readonly keys: readonly KeyUse[]; readonly marks: ReadonlySet<string> }

/** What two keys of one login have in common. */
const marksOf = ({ user, audiences }: KeyUse): readonly string[] => [
  ...(user === undefined ? [] : [`user ${user}`]),
  ...audiences.map(audience => `audience ${audience}`),
]
