import type { Command } from './command.ts'

type Entry = {
  /** What the command does, in a few words. */
  readonly summary: string
  /** A command is loaded when it is called, so that the others do not make it slow to start. */
  load(): Promise<{ readonly command: Command }>
}

/** Every command, in the order of the help. A new one is a file in `commands` and an entry here. */
export const COMMANDS: Readonly<Record<string, Entry>> = {
  demo: {
    summary: 'play the main job from end to end against a simulated Mailchimp',
    load: () => import('./commands/demo.ts'),
  },
  migrate: {
    summary: 'bring the store up to this release, or try what that would do',
    load: () => import('./commands/migrate.ts'),
  },
  serve: { summary: 'run the service', load: () => import('./commands/serve.ts') },
  simulator: {
    summary: 'run a simulated Mailchimp, for trials and tests',
    load: () => import('./commands/simulator.ts'),
  },
  status: { summary: 'show what is owed, what waits and what went wrong', load: () => import('./commands/status.ts') },
  quarantine: {
    summary: 'list what could not be read, and read it again',
    load: () => import('./commands/quarantine.ts'),
  },
}
