import { passwordProblem } from '../../src/domain/password.ts'

/** What is wrong with a new password, or null as Mantine's forms want it. */
export const passwordFault = (password: string): string | null =>
  passwordProblem(password, { path: 'The password', email: undefined })?.detail ?? null
