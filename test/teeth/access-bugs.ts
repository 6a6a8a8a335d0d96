import { type Bug } from './bug.ts'

/** In who gets in: by the headings of docs/security.md. */
export const ACCESS_BUGS: readonly Bug[] = [
  {
    rule: 'New passwords',
    says: 'a password that anybody would try first is taken',
    file: 'src/domain/password.ts',
    find: 'if (why !== undefined)',
    replace: 'if (why === password)',
    caughtBy: { file: 'src/domain/password.test.ts', name: 'is refused' },
  },
  {
    rule: 'New passwords',
    says: 'a zero in place of an o makes a common password a rare one',
    file: 'src/domain/guessable.ts',
    find: 'LETTER_FOR.get(character) ?? character',
    replace: 'character',
    caughtBy: { file: 'src/domain/guessable.test.ts', name: 'is guessed by its' },
  },
  {
    rule: 'New passwords',
    says: 'what is wrong with a password of an account that is made is overlooked',
    file: 'src/pipeline/access/accounts.ts',
    find: "passwordProblem(password, { path: 'password', email }),",
    replace: 'undefined,',
    caughtBy: { file: 'test/scenarios/accounts.test.ts', name: 'are listed for owners without a password' },
  },
  {
    rule: 'New passwords',
    says: 'an account gives itself a password that anybody would try first',
    file: 'src/pipeline/access/accounts.ts',
    find: 'if (problem) throw refusal([problem])',
    replace: "if (problem?.code === '') throw refusal([problem])",
    caughtBy: { file: 'test/scenarios/accounts.test.ts', name: "one's own password" },
  },
]
