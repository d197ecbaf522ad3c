import ts from 'typescript';
import { ruleFor, type Platform } from './dependency-table.ts';
import { violation, walk, type SourceFile } from './source-file.ts';

/** Globals, values and types, that only one platform has. */
const PLATFORM_GLOBALS: Readonly<Record<Platform, RegExp>> = {
  node: /^(?:process|Buffer|NodeJS|global|__dirname|__filename|require|setImmediate|clearImmediate)$/u,
  dom: /^(?:window|document|navigator|location|localStorage|sessionStorage|indexedDB|caches|alert|Image|ImageData|ImageBitmap|ImageDecoder|VideoFrame|createImageBitmap|OffscreenCanvas|CanvasRenderingContext2D|Element|Node|XMLHttpRequest|FileReader|Worker|HTML\w*Element|SVG\w*Element|GPU\w*)$/u,
};

/** Library code touches only the globals of the platforms that the dependency table gives it. */
export function globalViolations(file: SourceFile): string[] {
  const platforms = ruleFor(file.path)?.platforms ?? [];
  const own = declaredNames(file);
  const found: string[] = [];
  walk(file.tree, (node) => {
    if (!ts.isIdentifier(node) || own.has(node.text) || isMemberName(node)) return;
    for (const platform of ['node', 'dom'] as const) {
      if (!platforms.includes(platform) && PLATFORM_GLOBALS[platform].test(node.text)) {
        found.push(violation(file, node, `${node.text} exists only on platform ${platform}`));
      }
    }
  });
  return found;
}

/** Names that the file binds itself, by import, declaration or parameter: not the globals. */
function declaredNames(file: SourceFile): Set<string> {
  const names = new Set<string>();
  walk(file.tree, (node) => {
    const isBinding =
      ts.isVariableDeclaration(node) ||
      ts.isParameter(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node) ||
      ts.isInterfaceDeclaration(node) ||
      ts.isTypeAliasDeclaration(node) ||
      ts.isImportSpecifier(node) ||
      ts.isImportClause(node) ||
      ts.isNamespaceImport(node);
    if (isBinding && node.name !== undefined && ts.isIdentifier(node.name)) {
      names.add(node.name.text);
    }
  });
  return names;
}

/** `x.process`, `{ process: 1 }`, `interface X { process: string }`: a name, not the global. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) {
    // globalThis.process is the global by another spelling.
    return parent.name === node && parent.expression.getText() !== 'globalThis';
  }
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent) ||
      ts.isBindingElement(parent)) &&
    (parent.name === node || ('propertyName' in parent && parent.propertyName === node))
  );
}
