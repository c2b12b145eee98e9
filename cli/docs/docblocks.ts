// Finds what the docblocks of a module's exports lack: a sentence for every name and member, a default for every option,
// the error codes of every function.
import { relative, resolve } from 'node:path'
import ts from 'typescript'

const root = resolve(import.meta.dirname, '../..')

/** Functions whose use does not follow from their types. */
const withExample: readonly string[] = ['load', 'read', 'ask', 'trainHeads']

/**
 * One line per missing thing, with its file and line.
 * @param entry the module whose exports are public
 * @param codes that a function may throw
 */
export function complaintsAbout(entry: string, codes: readonly string[]): string[] {
  const program = ts.createProgram([entry, resolve(root, 'shaders/wgsl.d.ts')], compilerOptions())
  const checker = program.getTypeChecker()
  const file = program.getSourceFile(entry)
  const module = file && checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`${entry} exports nothing`)
  const isOurs = (node: ts.Node) => !/node_modules/.test(node.getSourceFile().fileName)

  const named = new Set<ts.Declaration>()
  const options = new Set<ts.Declaration>()
  for (const exported of checker.getExportsOfModule(module)) {
    const symbol =
      exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
    const properties = checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol))
    const inherited = properties.flatMap(({ declarations = [] }) => declarations)
    for (const declaration of [...(symbol.declarations ?? []), ...inherited].filter(isOurs))
      membersOf(declaration).forEach((member) => named.add(member))
    if (symbol.name.endsWith('Options')) inherited.forEach((option) => options.add(option))
  }
  return [...named].flatMap((declaration) => {
    const { line } = ts.getLineAndCharacterOfPosition(
      declaration.getSourceFile(),
      declaration.getStart(),
    )
    const where = `${relative(root, declaration.getSourceFile().fileName)}:${line + 1}`
    return lacks(declaration, options.has(declaration), checker, codes).map(
      (what) => `${where} ${nameOf(declaration)}: ${what}`,
    )
  })
}

/** The declaration and all members written inside it. */
function membersOf(declaration: ts.Declaration): ts.Declaration[] {
  const members: ts.Declaration[] = [declaration]
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || ts.isExpression(node)) return // function bodies are not public
    if (ts.isPropertySignature(node) || ts.isMethodSignature(node)) members.push(node)
    if (ts.isPropertyDeclaration(node) || ts.isMethodDeclaration(node)) members.push(node)
    ts.forEachChild(node, visit)
  }
  ts.forEachChild(declaration, visit)
  return members
}

function lacks(
  declaration: ts.Declaration,
  isOption: boolean,
  checker: ts.TypeChecker,
  codes: readonly string[],
): string[] {
  const symbol = checker.getSymbolAtLocation(ts.getNameOfDeclaration(declaration) ?? declaration)
  const text = ts.displayPartsToString(symbol?.getDocumentationComment(checker)).trim()
  const tags = new Map(
    symbol?.getJsDocTags(checker).map(({ name, text }) => [name, ts.displayPartsToString(text)]),
  )
  const missing: string[] = []
  if (!/^[A-Z`]/.test(text) || !text.endsWith('.')) missing.push('no sentence')
  const mayBeLeftOut = ts.isPropertySignature(declaration) && declaration.questionToken
  if ((isOption || mayBeLeftOut) && !/\bdefault\b|`undefined`/i.test(text))
    missing.push('no default, and not said when it is `undefined`')
  if (ts.isFunctionDeclaration(declaration) || ts.isMethodSignature(declaration)) {
    const thrown = tags.get('throws') ?? ''
    const quoted = [...thrown.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, code = '']) => code)
    if (!thrown.startsWith('Nothing') && !quoted.some((code) => codes.includes(code)))
      missing.push('no @throws with a code, and not `@throws Nothing`')
    for (const code of quoted.filter((code) => code.includes('-') && !codes.includes(code)))
      missing.push(`there is no error code ${code}`)
    if (withExample.includes(nameOf(declaration)) && !tags.has('example'))
      missing.push('no @example')
  }
  return missing
}

function nameOf(declaration: ts.Declaration): string {
  return ts.getNameOfDeclaration(declaration)?.getText() ?? 'unnamed'
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(resolve(root, 'tsconfig.json'), (path) =>
    ts.sys.readFile(path),
  ) as { config: object }
  return ts.parseJsonConfigFileContent(config, ts.sys, root).options
}
