import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));

/** A parsed file. Rules look at nothing else, so a bad sample is a line of text. */
export interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

export function parseSource(path: string, text: string): SourceFile {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true) };
}

/** Every TypeScript and JavaScript file below the folders, parsed; no build output, no installed packages. */
export function readSources(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    listFiles(folder)
      .filter((path) => /\.(?:ts|mts|js|mjs)$/u.test(path))
      .map((path) => parseSource(path, readFileSync(join(ROOT, path), 'utf8'))),
  );
}

function listFiles(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isFile()) return [path];
    const isSkipped = entry.name === 'dist' || entry.name === 'node_modules';
    return entry.isDirectory() && !isSkipped ? listFiles(path) : [];
  });
}

/** Library code: what a package publishes, without its tests. */
export function isLibrary(file: SourceFile): boolean {
  return (
    /^packages\/[^/]+\/src\//u.test(file.path) && !/\.(?:test|case|generated)\.ts$/u.test(file.path)
  );
}

/** `path:line: message`, the form that terminals make clickable. */
export function violation(file: SourceFile, node: ts.Node, message: string): string {
  const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree));
  return `${file.path}:${line + 1}: ${message}`;
}

/** Calls `visit` for the file's every node. */
export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => {
    walk(child, visit);
  });
}
