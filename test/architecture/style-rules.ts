import ts from 'typescript';
import { violation, walk, type SourceFile } from './source-file.ts';

/** No source file is longer: a longer one has a second concept in it (docs: aim at 150). */
export const MAX_LINES = 400;

export function lengthViolations(file: SourceFile): string[] {
  const lines = file.text.trimEnd().split('\n').length;
  return lines > MAX_LINES ? [`${file.path}: ${lines} lines, at most ${MAX_LINES}`] : [];
}

/** A file is named for what it does, never for being shared. */
export function nameViolations(file: SourceFile): string[] {
  const vague = /(?:^|[/.-])(?:utils?|helpers?|common|misc|shared)(?:[/.-]|$)/u;
  const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+)*\.[a-z]+$/u;
  const inSource = file.path.split('/').slice(3).join('/');
  const name = inSource.split('/').at(-1) ?? '';
  return [
    ...(vague.test(inSource) ? [`${file.path}: named for being shared, not for what it does`] : []),
    ...(kebab.test(name) ? [] : [`${file.path}: its name is not kebab-case`]),
  ];
}

/** An index is the package's public list: by name, nothing else, with a documentation block. */
export function indexViolations(file: SourceFile): string[] {
  if (!file.path.endsWith('/index.ts')) return [];
  const found = file.tree.statements.flatMap((statement) => {
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier === undefined) {
      return [violation(file, statement, 'an index only re-exports')];
    }
    const isByName =
      statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause);
    return isByName ? [] : [violation(file, statement, 'an index re-exports by name')];
  });
  const documentation =
    /^\/\*\*(?:(?!\*\/)[\s\S])*@example(?:(?!\*\/)[\s\S])*@packageDocumentation/u;
  return documentation.test(file.text)
    ? found
    : [...found, `${file.path}: opens without a @packageDocumentation block with an @example`];
}

/** JavaScript's own errors. A framework's (commander's, hono's) are its protocol and stay. */
const PLAIN_ERROR = /^(?:(?:Type|Range|Syntax|Reference|Eval|URI|Aggregate)?Error|DOMException)$/u;

/**
 * Library code throws `IsometryError` with a code: nothing else can be branched on. A plain error may
 * be thrown as the cause of one, that is where a `catch` of the same file receives it.
 */
export function throwViolations(file: SourceFile): string[] {
  const found: string[] = [];
  walk(file.tree, (node) => {
    if (!ts.isThrowStatement(node) || !ts.isNewExpression(node.expression)) return;
    const thrown = node.expression.expression.getText(file.tree);
    if (PLAIN_ERROR.test(thrown) && !isCaughtHere(file, node)) {
      found.push(violation(file, node, `throws ${thrown}; library code throws IsometryError`));
    }
  });
  return found;
}

/** Inside a `try` with a `catch`, or in a private function that is only called from inside one. */
function isCaughtHere(
  file: SourceFile,
  node: ts.Node,
  seen: ReadonlySet<ts.Node> = new Set(),
): boolean {
  for (let inner = node; inner.parent !== undefined; inner = inner.parent) {
    const outer = inner.parent;
    if (ts.isTryStatement(outer) && outer.tryBlock === inner && outer.catchClause !== undefined) {
      return true;
    }
    if (ts.isFunctionDeclaration(inner)) {
      const isExported = inner.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      // A function that calls itself is caught where its first caller is.
      if (seen.has(inner)) return true;
      const uses = isExported === true ? [] : usesOf(file, inner.name);
      return (
        uses.length > 0 && uses.every((use) => isCaughtHere(file, use, new Set(seen).add(inner)))
      );
    }
  }
  return false;
}

function usesOf(file: SourceFile, name: ts.Identifier | undefined): ts.Node[] {
  const found: ts.Node[] = [];
  walk(file.tree, (node) => {
    if (ts.isIdentifier(node) && node !== name && node.text === name?.text) found.push(node);
  });
  return found;
}

/** Paths of one machine and hosts of one network have no place in a repository. */
const MACHINE_TRACES: readonly RegExp[] = [
  /(?:^|[\s"'`(=:])\/(?:work|root|tmp)\/[\w.-]+/u,
  /\bregistry\.npmjs\.org\b/u,
  /\bregistry\.yarnpkg\.com\b/u,
  /\b(?:files\.pythonhosted\.org|pypi\.org\/simple)\b/u,
];

export function machineTraceViolations(path: string, text: string): string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      MACHINE_TRACES.some((trace) => trace.test(line))
        ? [`${path}:${index + 1}: names a path or host of one machine: ${line.trim().slice(0, 80)}`]
        : [],
    );
}
