/** How much is read, kept or shown at most. What the API says of these numbers takes them from here. */
export const LIMITS = {
  /** Bytes of a body as its sender wrote it. */
  bodyBytes: 1024 * 1024,
  /** Bytes of a body in its encoding. Much smaller as a rule; larger if its sender flushes after each word. */
  encodedBodyBytes: 2 * 1024 * 1024,
  /** Of the 5 s in which a webhook is answered (R32), what our part of them may take; the rest is the network's. */
  webhookMs: 4_500,
  /** Facts, and attempts, of one person on their page. */
  personFacts: 200,
  personAttempts: 200,
  /** People that a search finds. */
  foundPeople: 20,
  /** Attempts among which those of one event are looked for. */
  eventAttempts: 200,
  /** Bytes of a quarantined body that are shown. */
  quarantinedBytes: 20_000,
  /** Newest facts whose paths are suggested, and paths that are. */
  factsForPaths: 1_000,
  suggestedPaths: 500,
  /** Facts that an attempt names as those that it was the first to carry. */
  carriedFacts: 200,
  /** People whom a changed document is tried on, and those of them that are shown. */
  impactPeople: 500,
  impactSample: 20,
  /** What the overview counts of each kind, and requests that it times. */
  overviewCounted: 100_000,
  overviewTimed: 5_000,
  /** How long an idempotency key gives the same replay. */
  replayKeyHours: 24,
  mappings: 200,
  pathLength: 1_000,
  nameLength: 200,
  mergeFieldName: 50,
} as const

/** A number as sentences write it: 20,000. */
export const inFigures = (number: number): string => String(number).replace(/\B(?=(\d{3})+$)/g, ',')
