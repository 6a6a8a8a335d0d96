import type { Reread } from '../../contract/quarantine.ts'
import { API_FLAGS, connect, Refusal, type Api } from '../api.ts'
import { leaf } from '../command.ts'
import { EXIT, type ExitCode, Failure, usageFailure } from '../exit.ts'
import { LIST_FLAGS, printList } from '../output.ts'
import { faultsIn, readQuarantine, SOURCE_FLAG } from '../quarantined.ts'
import type { Column } from '../table.ts'

/** `quarantine reread`: reads bodies with the present reader, and says what became of each. */
export const reread = leaf({
  examples: [
    ['consent-relay quarantine reread inb_…', 'one body'],
    ['consent-relay quarantine reread --all', 'every body, after an update that can read more'],
  ],
  words: { name: '[ID…]', says: 'the bodies, as "quarantine list" names them' },
  flags: {
    ...API_FLAGS,
    all: { says: 'every body in the quarantine' },
    ...SOURCE_FLAG,
    ...LIST_FLAGS,
  },
  notes:
    'Reads the bodies with the present reader: what it can read now counts as it would have when it came in.\nExits with 0 when everything was read, 5 when a part was, 1 when nothing was.',
  run: async ({ flags, words }, io) => {
    if ((words.length === 0) === (flags.all === undefined)) throw usageFailure('error: give either ids or --all')
    if (flags.source !== undefined && !flags.all) throw usageFailure('error: --source goes with --all only')
    const api = await connect(flags, io)
    const ids = flags.all ? await idsIn(api, flags.source) : [...new Set(words)]
    const { rows, stop } = await rereadAll(api, ids)
    if (stop && rows.length === 0) throw stop
    printList(io, flags, { rows, columns: REREAD, none: 'Nothing is in the quarantine.' })
    if (stop) io.err.write(`${stop.message}\n`)
    return exitOf(rows, stop)
  },
})

const idsIn = async (api: Api, source: string | undefined): Promise<string[]> =>
  (await readQuarantine(api, { source, limit: Infinity })).rows.map(({ id }) => id)

type Refused = { readonly id: string; readonly problem: Refusal['problem'] }
type Row = Reread | Refused

/** One after the other. A refusal of one body leaves the others; anything else ends it, with what was done so far. */
async function rereadAll(api: Api, ids: readonly string[]): Promise<{ rows: Row[]; stop: Failure | undefined }> {
  const rows: Row[] = []
  for (const id of ids) {
    try {
      rows.push(await api.post<Reread>(`/v1/quarantine/${encodeURIComponent(id)}/reread`))
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      if (!(error instanceof Refusal) || error.exitCode === EXIT.refused) return { rows, stop: error }
      rows.push({ id, problem: error.problem })
    }
  }
  return { rows, stop: undefined }
}

const isRefused = (row: Row): row is Refused => 'problem' in row
const readIn = ({ records: { set_apart: _left, ...read } }: Reread): [string, number][] =>
  Object.entries(read).filter(([, count]) => count > 0)

const REREAD: readonly Column<Row>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'RESULT', of: row => resultOf(row) },
  {
    title: 'READ',
    of: row =>
      isRefused(row)
        ? ''
        : readIn(row)
            .map(([kind, count]) => `${count} ${kind}`)
            .join(', '),
  },
  {
    title: 'AT FAULT',
    of: row => (isRefused(row) ? `${row.problem.code}: ${row.problem.detail}` : faultsIn(row.faults)),
  },
]

function resultOf(row: Row): 'read' | 'partly read' | 'not readable' | 'nothing to read' | 'refused' {
  if (isRefused(row)) return 'refused'
  const some = readIn(row).length > 0
  if (row.faults.length > 0) return some ? 'partly read' : 'not readable'
  return some ? 'read' : 'nothing to read'
}

const DONE: readonly string[] = ['read', 'nothing to read']

function exitOf(rows: readonly Row[], stop: Failure | undefined): ExitCode {
  const results = rows.map(resultOf)
  if (!stop && results.every(result => DONE.includes(result))) return EXIT.done
  if (results.some(result => DONE.includes(result) || result === 'partly read')) return EXIT.partly
  const isMissing = (row: Row): boolean => isRefused(row) && row.problem.code === 'not_found'
  return !stop && rows.every(isMissing) ? EXIT.notFound : EXIT.failed
}
