import { leaf } from '../command.ts'
import { EXIT } from '../exit.ts'
import { formatOf, JSON_FLAG, printJson } from '../output.ts'
import { configOf, STORE_FLAGS } from '../store-flags.ts'

/** `migrate`: brings the store up to this release, or says what the upgrade would do. */
export const command = leaf({
  examples: [
    ['consent-relay migrate --dry-run', 'what the upgrade would deny, grant and clear; nothing changes'],
    ['consent-relay migrate --dry-run --data /var/lib/consent-relay', 'of the store in that folder'],
    ['consent-relay migrate', 'bring the store up to this release; `serve` does so, too'],
  ],
  flags: {
    ...STORE_FLAGS,
    ...JSON_FLAG,
    'dry-run': { says: 'change nothing, and say how many people become denied, granted or cleared' },
  },
  notes: 'Stop the service first: only one process may work on a store. Samples name people; keep them to yourself.',
  run: async ({ flags: { json, 'dry-run': isDryRun, ...flags } }, io) => {
    const config = await configOf(io.env, flags)
    const sayIfWaiting = (news: string): void => {
      if (news === 'waits') io.err.write('waits for the lease of another process to run out, unless that one lives\n')
    }
    const { migrateStore, tryUpgradeOfStore } = await import('../../migrating.ts')
    if (isDryRun !== true) {
      printJson(io, { migrations: await migrateStore(config, sayIfWaiting) })
      return EXIT.done
    }
    const effects = await tryUpgradeOfStore(config, sayIfWaiting)
    if (formatOf({ json }, io.out) === 'json') {
      printJson(io, effects)
      return EXIT.done
    }
    for (const { name, denied, granted, cleared, samples } of effects) {
      io.out.write(`${name}: ${denied} people denied, ${granted} granted once accepted, ${cleared} cleared\n`)
      for (const { person, writes, grants } of samples)
        io.out.write(`  ${person}: ${[...Object.entries(writes).map(written), ...grants.map(waits)].join(', ')}\n`)
    }
    return EXIT.done
  },
})

const written = ([tag, value]: readonly [string, unknown]): string => `${tag} = "${String(value)}"`

const waits = (tag: string): string => `${tag} waits to be accepted`
