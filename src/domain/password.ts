import { whyGuessable } from './guessable.ts'
import { type FieldProblem } from './problem.ts'

export const SHORTEST_PASSWORD = 12
/** People do not type more, and hashing it must stay cheap. */
export const LONGEST_PASSWORD = 1_000

/** What is wrong with a new password, with the remedy. Length and rareness help; no kinds of characters are asked for. */
export function passwordProblem(
  password: string,
  { path, email }: { readonly path: string; readonly email: string | undefined },
): FieldProblem | undefined {
  const length = [...password].length
  if (length < SHORTEST_PASSWORD)
    return {
      path,
      code: 'password_too_short',
      detail: `${path} has fewer than ${SHORTEST_PASSWORD} characters.`,
      remedy: `Use at least ${SHORTEST_PASSWORD} characters; a few words in a row are easy to remember.`,
    }
  if (length > LONGEST_PASSWORD)
    return {
      path,
      code: 'password_too_long',
      detail: `${path} has more than ${LONGEST_PASSWORD} characters.`,
      remedy: `Use at most ${LONGEST_PASSWORD} characters.`,
    }
  if (email !== undefined && password.toLowerCase().includes(email.toLowerCase()))
    return {
      path,
      code: 'password_is_address',
      detail: `${path} holds the e-mail address of the account.`,
      remedy: 'Use words that cannot be looked up.',
    }
  const why = whyGuessable(password, { email })
  if (why !== undefined)
    return {
      path,
      code: 'password_too_common',
      detail: `${path} is easy to guess: it consists of ${why}, and little else.`,
      remedy: 'Use a few words in a row that do not belong together, or what a password manager makes.',
    }
  return undefined
}
