/** What was thrown, in words. Anything can be thrown, also what is no error. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))
