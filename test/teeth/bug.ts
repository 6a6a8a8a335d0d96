/** A mistake that a developer could make, at one place of the service, and the test that has to notice it. */
export type Bug = {
  /** The rule or invariant of docs/design.md, a lettered part of a rule, or a heading of docs/security.md, that does not hold any more. */
  readonly rule: string
  /** What would go wrong for a person. */
  readonly says: string
  readonly file: string
  /** Stands in the file once. */
  readonly find: string
  readonly replace: string
  readonly caughtBy: {
    readonly file: string
    /** What the names of the tests hold that fail: of one test, or of a group. */
    readonly name: string
  }
}

/** Rules without a bug, and why they have none. */
export const NOT_BUILT: Readonly<Record<string, string>> = {
  R29: 'facts are not compacted',
}
