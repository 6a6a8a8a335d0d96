import { type Fact } from './fact.ts'

/**
 * What of a fact counts for one person (R5). `denials`: it may be about another person, so only what it denies
 * counts. `left`: its Didomi user is another person's now, so what it granted has lost its ground. `passed`: the same,
 * and it was stated before the user was theirs, so what it denied was never about them.
 */
export type Share = {
  readonly fact: Fact
  readonly only: 'denials' | 'left' | 'passed' | undefined
  /** Of `left`: since when the Didomi user was theirs. What a record repeats may have been denied before. */
  readonly since?: number
}

export const whole = (fact: Fact): Share => ({ fact, only: undefined })
