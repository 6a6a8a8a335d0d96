/** How much is read, kept or shown at most. What the API says of these numbers takes them from here. */
export const LIMITS = {
  /** Bytes of a body that holds facts, as its sender wrote it. */
  bodyBytes: 1024 * 1024,
  /** Bytes of a body in its encoding. Much smaller as a rule; larger if its sender flushes after each word. */
  encodedBodyBytes: 2 * 1024 * 1024,
  /** Bytes of the body of any other request, of a stranger and of a caller who has signed in. */
  publicBodyBytes: 16 * 1024,
  apiBodyBytes: 256 * 1024,
  /** Values in such a body and in one with facts, and how deep any JSON may be nested: much more than is needed. */
  bodyValues: 5_000,
  factValues: 50_000,
  bodyDepth: 100,
  /** Problems that one answer lists, their bytes, and the characters of one of their texts. */
  listedProblems: 100,
  listedProblemBytes: 48 * 1024,
  problemText: 1_000,
  /** Bytes of an id. PostgreSQL indexes some 2,700, and four ids stand in one key. */
  idBytes: 512,
  /** Bytes of any other value. Mailchimp takes 255. */
  valueBytes: 1024,
  /** Choices of one entity. All vendors of the industry's list, asked for twice, are some 2,500. */
  statements: 5_000,
  /** Metadata and other properties of one person. */
  attributes: 1_000,
  /** Objects and lists of a record in each other; nothing of Didomi's stands deeper than 11. */
  depth: 32,
  /** Keys of a flattened record: an id and an answer for each choice, of two entities. */
  flattenedKeys: 20_000,
  /**
   * Brackets, colons and commas of one record: twice as many as the most choices of two entities have. A record of more
   * is not parsed.
   */
  marks: 100_000,
  /** Records of one body. Far more than 1 MiB of real ones; a fault for each of 500,000 empty ones would fill 50 MB. */
  records: 10_000,
  /** Values of one record that are named when they cannot be read. */
  namedFaults: 100,
  /** Of the 5 s in which a webhook is answered (R32), what our part of them may take; the rest is the network's. */
  webhookMs: 4_500,
  /** Contacts that a person named before and left, the newest first, to which a delivery still answers (R16f). */
  leftContacts: 20,
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
export const inFigures = (number: number): string => number.toLocaleString('en-US')

/** A size as sentences write it, where it is a whole number of KiB: 16 KiB, 1 MiB. */
export const inBytes = (bytes: number): string =>
  bytes % (1024 * 1024) === 0 ? `${bytes / (1024 * 1024)} MiB` : `${bytes / 1024} KiB`
