const LEAST_LENGTH = 12

/** What is wrong with a new password, or null as Mantine's forms want it. */
export const passwordFault = (password: string): string | null =>
  [...password].length < LEAST_LENGTH ? `Use at least ${LEAST_LENGTH} characters.` : null
