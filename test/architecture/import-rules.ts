import { dirname, join } from 'node:path/posix';
import ts from 'typescript';
import { ruleFor, SOURCE_TOOLS, type DependencyRule } from './dependency-table.ts';
import { violation, walk, type SourceFile } from './source-file.ts';

/** Every module specifier of a file: import, export from, `import()`, `import type`, `require`. */
function importsOf(file: SourceFile): ts.StringLiteralLike[] {
  const found: ts.StringLiteralLike[] = [];
  const add = (node: ts.Node | undefined): void => {
    if (node !== undefined && ts.isStringLiteralLike(node)) found.push(node);
  };
  walk(file.tree, (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) add(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node)) {
      add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined);
    } else if (ts.isCallExpression(node) && isModuleCall(node)) add(node.arguments[0]);
  });
  return found;
}

function isModuleCall({ expression }: ts.CallExpression): boolean {
  if (expression.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(expression)) return expression.text === 'require';
  return (
    ts.isPropertyAccessExpression(expression) &&
    (expression.getText() === 'require.resolve' || expression.getText() === 'import.meta.resolve')
  );
}

/** Library code imports what the dependency table says and nothing else. */
export function libraryImportViolations(file: SourceFile): string[] {
  const rule = ruleFor(file.path);
  if (rule === undefined) return [`${file.path}: its package is not in the dependency table`];
  return importsOf(file).flatMap((specifier) => {
    const problem = importProblem(file.path, specifier.text, rule);
    return problem === undefined ? [] : [violation(file, specifier, problem)];
  });
}

function importProblem(path: string, specifier: string, rule: DependencyRule): string | undefined {
  if (specifier.startsWith('.')) {
    const own = path.split('/').slice(0, 3).join('/');
    const target = join(dirname(path), specifier);
    // package.json is the one file outside src that a package may read about itself.
    const isOwn = target.startsWith(`${own}/`) || target === join(dirname(own), 'package.json');
    return isOwn ? undefined : `reaches outside its package: ${specifier}`;
  }
  // A package's own `imports`: what stands behind the name is in the package itself.
  if (specifier.startsWith('#')) return undefined;
  if (specifier.startsWith('node:')) {
    return rule.platforms.includes('node') ? undefined : `may not use Node: ${specifier}`;
  }
  const workspace = /^@isometry\/([^/]+)/u.exec(specifier)?.[1];
  if (workspace !== undefined) {
    if (path.startsWith(`packages/${workspace}/`)) return undefined;
    return rule.workspace.includes(workspace) ? undefined : `may not import ${specifier}`;
  }
  const isListed = [...rule.libraries, ...(SOURCE_TOOLS[path] ?? [])].some(
    (library) => specifier === library || specifier.startsWith(`${library}/`),
  );
  return isListed ? undefined : `may not import ${specifier}: it is not in the dependency table`;
}

/** Tests, examples and scripts stand where a user stands: they use entry points, never `src`. */
export function outsideImportViolations(file: SourceFile): string[] {
  return importsOf(file)
    .filter(({ text }) => {
      const target = text.startsWith('.') ? join(dirname(file.path), text) : text;
      return /^(?:packages\/|@isometry\/)[^/]+\/(?:src|dist)\//u.test(target);
    })
    .map((specifier) =>
      violation(file, specifier, `reaches into a package: ${specifier.text}; use its entry point`),
    );
}
