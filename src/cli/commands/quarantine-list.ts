import type { Quarantined } from '../../contract/quarantine.ts'
import { API_FLAGS, connect } from '../api.ts'
import { leaf } from '../command.ts'
import { EXIT, usageFailure } from '../exit.ts'
import { LIST_FLAGS, printList } from '../output.ts'
import { faultsIn, readQuarantine, SOURCE_FLAG } from '../quarantined.ts'
import type { Column } from '../table.ts'

/** `quarantine list`: the bodies with something that could not be read, newest first. */
export const list = leaf({
  examples: [
    ['consent-relay quarantine list', 'the newest 50'],
    ['consent-relay quarantine list --source src_… --limit 500 --csv', 'of one source, for a spreadsheet'],
  ],
  flags: {
    ...API_FLAGS,
    ...SOURCE_FLAG,
    limit: { value: 'NUMBER', says: 'how many at most, the newest first (50)' },
    ...LIST_FLAGS,
  },
  notes: 'JSON has the beginning of each body as it came in, so it holds personal data; the table and CSV do not.',
  run: async ({ flags }, io) => {
    const limit = readLimit(flags.limit ?? '50')
    const { rows, more } = await readQuarantine(await connect(flags, io), { source: flags.source, limit })
    printList(io, flags, { rows, columns: LISTED, none: 'Nothing is in the quarantine.' })
    if (more) io.err.write(`There are more than these ${rows.length}: give a higher --limit.\n`)
    return EXIT.done
  },
})

const LISTED: readonly Column<Quarantined>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'SOURCE', of: ({ source_id: source }) => source },
  { title: 'RECEIVED', of: ({ received_at: at }) => at },
  { title: 'AT FAULT', of: ({ faults }) => faultsIn(faults) },
]

const MOST_LISTED = 10_000

function readLimit(text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > MOST_LISTED)
    throw usageFailure(`error: --limit: "${text}" is not a number from 1 to ${MOST_LISTED}`)
  return limit
}
