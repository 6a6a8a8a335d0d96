import { MOST_IDS } from './whose.ts'

type SourceProblem = {
  readonly code: 'users_shared'
  /** How many Didomi users it is about. */
  readonly users: number
  readonly detail: string
  readonly remedy: string
}

/** R5d: what is wrong with a source that has `users` shared Didomi users, without naming whom they wrote. */
export const sharedProblems = (users: number): SourceProblem[] =>
  users === 0
    ? []
    : [
        {
          code: 'users_shared',
          users,
          detail: `${users === 1 ? '1 Didomi user' : `${users} Didomi users`} wrote more than ${MOST_IDS} ids each, as a shop's tablet or a call centre does. What they say counts only for the person it names; without an id it does not count.`,
          remedy: 'Have such a device begin with a new Didomi user for each person, or send the id with each event.',
        },
      ]
