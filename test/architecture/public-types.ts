import ts from 'typescript';

interface Foreign {
  readonly file: RegExp;
  readonly name?: RegExp;
  readonly what: string;
}

/** Types of a platform or of a tensor library, by the file that declares them. */
const FOREIGN: readonly Foreign[] = [
  { file: /\/onnxruntime-(?:common|node|web)\//u, what: 'an ONNX Runtime type' },
  { file: /\/@tensorflow\//u, what: 'a TensorFlow.js type' },
  { file: /\/sharp\//u, what: 'a sharp type' },
  {
    file: /\/@types\/node\//u,
    name: /^(?:Buffer|Readable|Writable|Duplex|Transform)$/u,
    what: 'a Node type',
  },
  {
    file: /\/typescript\/lib\/lib\.dom/u,
    name: /^(?:HTML\w*|SVG\w*|Image(?:Data|Bitmap)|OffscreenCanvas|Element|Node|Window|Document|GPU\w*)$/u,
    what: 'a DOM type',
  },
];

/** Which foreign types a package may show all the same, with the reason. */
export interface Exception {
  /** Folder below packages/. */
  readonly package: string;
  readonly what: string;
  readonly reason: string;
}

/**
 * Follows every type that an entry point shows, through the declarations that it is made of, and
 * names the foreign ones. Bodies and initial values are left out: they cross no boundary.
 */
export function publicTypeViolations(
  program: ts.Program,
  entry: string,
  exceptions: readonly Exception[] = [],
): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(entry);
  const module = source && checker.getSymbolAtLocation(source);
  if (module === undefined) throw new TypeError(`${entry} is not a module of the program`);
  const allowed = exceptions.filter((one) => entry.includes(`packages/${one.package}/`));
  const seen = new Set<ts.Symbol>();
  const found: string[] = [];

  const report = (foreign: Foreign | undefined, name: string, shownBy: string): void => {
    if (foreign === undefined || allowed.some(({ what }) => what === foreign.what)) return;
    found.push(`${entry}: ${shownBy} shows ${foreign.what}, ${name}`);
  };
  const follow = (symbol: ts.Symbol, shownBy: string): void => {
    const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    if (seen.has(target)) return;
    seen.add(target);
    for (const declaration of target.declarations ?? []) {
      const file = declaration.getSourceFile().fileName;
      const foreign = FOREIGN.find(
        (one) => one.file.test(file) && (one.name?.test(target.name) ?? true),
      );
      if (foreign !== undefined) report(foreign, target.name, shownBy);
      else if (!file.includes('/node_modules/')) {
        for (const name of typeNames(declaration)) {
          if (ts.isStringLiteral(name)) {
            report(
              FOREIGN.find(({ file: foreignFile }) => foreignFile.test(`/${name.text}/`)),
              name.text,
              shownBy,
            );
            continue;
          }
          const used = checker.getSymbolAtLocation(name);
          if (used !== undefined) follow(used, shownBy);
        }
      }
    }
  };
  for (const symbol of checker.getExportsOfModule(module)) follow(symbol, symbol.name);
  return [...new Set(found)];
}

/** What stands for types in what a declaration shows to its users: names, and `import('module')`. */
function typeNames(declaration: ts.Declaration): (ts.Identifier | ts.StringLiteral)[] {
  const names: (ts.Identifier | ts.StringLiteral)[] = [];
  const visit = (node: ts.Node, isType: boolean): void => {
    if (ts.isBlock(node) || isHidden(node)) return;
    if (ts.isIdentifier(node) || (ts.isStringLiteral(node) && isModuleName(node))) {
      if (isType) names.push(node);
      return;
    }
    const hidden = valueOf(node);
    const isNowType = isType || ts.isTypeNode(node) || ts.isHeritageClause(node);
    ts.forEachChild(node, (child) => {
      if (child !== hidden) visit(child, isNowType);
    });
  };
  visit(declaration, false);
  return names;
}

function isModuleName(node: ts.StringLiteral): boolean {
  return ts.isLiteralTypeNode(node.parent) && ts.isImportTypeNode(node.parent.parent);
}

/** The part of a node that only runs: a body or an initial value, unless that is a function. */
function valueOf(node: ts.Node): ts.Node | undefined {
  if (ts.isArrowFunction(node)) return node.body;
  if (!ts.isVariableDeclaration(node) && !ts.isParameter(node) && !ts.isPropertyDeclaration(node)) {
    return undefined;
  }
  const { initializer } = node;
  return initializer !== undefined && ts.isFunctionLike(initializer) ? undefined : initializer;
}

/** `#private` and `private` members are in the declaration file by name only. */
function isHidden(node: ts.Node): boolean {
  if (!ts.isClassElement(node)) return false;
  if (node.name !== undefined && ts.isPrivateIdentifier(node.name)) return true;
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.PrivateKeyword) ?? false)
  );
}
