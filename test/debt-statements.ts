import ts from 'typescript'
import { nodesIn, parse, type SourceFile } from './source-files.ts'

const WRITES_DEBT = /\b(?:update|insert\s+into)\s+delivery\b/i

/** The functions whose SQL inserts or updates debts, by the name at the top of their file; `?` for one without a name. */
export const debtStatements = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ text }) => /\bdelivery\b/.test(text))
    .flatMap(file => parse(file).statements.filter(writesDebt))
    .map(statement => nameOf(statement) ?? '?')

const writesDebt = (statement: ts.Statement): boolean => nodesIn(statement).some(node => WRITES_DEBT.test(textIn(node)))

const textIn = (node: ts.Node): string =>
  ts.isTemplateExpression(node) ? node.getText() : ts.isStringLiteralLike(node) ? node.text : ''

function nameOf(statement: ts.Statement): string | undefined {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations[0]?.name.getText()
  return ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ? statement.name?.text : undefined
}
