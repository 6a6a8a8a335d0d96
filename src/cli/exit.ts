/** What the exit code of every command says. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, notFound: 4, partly: 5 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends a command: the message goes to standard error as it is, the code to the process that started the command. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string) {
    super(message)
    this.exitCode = exitCode
  }
}

/** The command line, or a setting, cannot be used. */
export const usageFailure = (message: string): Failure => new Failure(EXIT.usage, message)
