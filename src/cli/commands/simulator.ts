import { leaf } from '../command.ts'
import { EXIT, usageFailure } from '../exit.ts'

/** What the simulator takes; a test compares it with what the simulator itself reads. */
const FLAGS = {
  port: { value: 'PORT', says: '0 picks a free one (0)' },
  latency: { value: 'MS|MIN-MAX', says: 'how long an answer takes (0)' },
  key: { value: 'KEY-dc', says: 'an API key that it knows', many: true },
  audience: { value: 'ID', says: 'an audience that it has', many: true },
  state: { value: 'FILE', says: 'keys, audiences and contacts to begin with, as JSON' },
  'allow-example-addresses': { says: 'take addresses that Mailchimp calls fake, such as those at example.com' },
} as const

type Door = {
  readOptions(argv: readonly string[]): object
  runSimulator(options: object): Promise<unknown>
}

const isDoor = (module: unknown): module is Door =>
  typeof module === 'object' && module !== null && 'readOptions' in module && 'runSimulator' in module

/** `simulator`: the strict Mailchimp of the demo and the tests. It shares no code with the service, only this door. */
export const command = leaf({
  examples: [
    ['consent-relay simulator', 'on a free port, with a key and an audience'],
    ['consent-relay simulator --port 9090 --latency 80-200', 'as slow as the real one'],
    ['consent-relay serve --mailchimp-url http://127.0.0.1:9090', 'the service that sends to it'],
  ],
  flags: FLAGS,
  notes: 'Prints one line of JSON when it listens. SIGTERM ends it.',
  run: async ({ args }) => {
    const door = new URL('../../simulator/main.js', import.meta.url).href
    const simulator: unknown = await import(door)
    if (!isDoor(simulator)) throw new Error(`${door} is no simulator`)
    await simulator.runSimulator(checked(() => simulator.readOptions(args)))
    return EXIT.done
  },
})

function checked<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw usageFailure(`error: ${error instanceof Error ? error.message : String(error)}`)
  }
}
