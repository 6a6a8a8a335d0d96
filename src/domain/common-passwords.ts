const words = (text: string): readonly string[] => text.trim().split(/\s+/)

/** The words that people choose first, as lists of stolen passwords show. Letters only: digits and runs have rules of their own. */
export const COMMON_WORDS = words(`
  password passwort passwd pass motdepasse contrasena senha parola wachtwoord letmein letmeinnow welcome willkommen
  bienvenue login logon signin admin administrator root superuser user guest test testing tester demo default
  changeme change temp temporary secret secure security private access master server system computer internet
  database service account company office business marketing newsletter subscribe unsubscribe audience privacy
  iloveyou loveyou ilove love lovely sweet sweetheart darling baby babygirl angel princess prince queen king
  monkey dragon tiger lion eagle falcon panther wolf horse mustang bear puppy kitten butterfly chicken
  football baseball basketball soccer hockey tennis golf liverpool chelsea arsenal barcelona juventus yankees
  cowboys steelers lakers superman batman spiderman ironman pokemon pikachu starwars matrix trustno naruto
  minecraft fortnite roblox samsung google facebook linkedin microsoft windows apple android amazon
  sunshine flower summer winter spring autumn sommer hello hallo bonjour hola goodbye nothing
  freedom forever shadow ninja hunter killer ranger jordan harley maverick corvette ferrari porsche mercedes
  michael michelle jennifer jessica ashley amanda daniel thomas charlie andrew matthew joshua robert william
  nicole anthony george maggie buster ginger pepper cookie chocolate cheese banana orange purple silver golden
  diamond crystal phoenix thunder lightning asshole fuckyou fuck bitch pussy biteme
  january february march april june july august september october november december
  monday tuesday wednesday thursday friday saturday sunday
  jesus christ heaven blessed family friends mother father daddy mommy
  london paris berlin madrid munich newyork america canada france germany
`)

/** Names that a guess begins with when its author knows which service it attacks. */
export const PRODUCT_WORDS = ['consentrelay', 'consent', 'relay', 'didomi', 'mailchimp', 'intuit'] as const

/** The rows of keyboards, their columns, the digits and the alphabet; read in both directions. */
export const RUNS = [
  'abcdefghijklmnopqrstuvwxyz',
  '01234567890',
  'qwertyuiop',
  'qwertzuiop',
  'azertyuiop',
  'asdfghjkl',
  'qsdfghjklm',
  'zxcvbnm',
  'yxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol',
  '!@#$%^&*()',
] as const
