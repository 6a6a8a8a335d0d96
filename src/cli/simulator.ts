import { type Command } from 'commander'

type Simulator = { runSimulator(argv: readonly string[]): Promise<void> }

const isSimulator = (module: unknown): module is Simulator =>
  typeof module === 'object' && module !== null && 'runSimulator' in module

/** `simulator`: the strict Mailchimp of the demo and the tests. It shares no code with the service, only this door. */
export function addSimulator(program: Command): void {
  program
    .command('simulator')
    .description('run a simulated Mailchimp (see simulator/README.md)')
    .helpOption(false)
    .allowUnknownOption()
    .allowExcessArguments()
    .action(async () => {
      const door = new URL('../simulator/main.js', import.meta.url).href
      const simulator: unknown = await import(door)
      if (!isSimulator(simulator)) throw new Error(`${door} is no simulator`)
      await simulator.runSimulator(process.argv.slice(3))
    })
}
