import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { toSplitName } from './given-splits.ts';

/** What lies in an image folder, hidden files and folders left out. */
export interface ImageFiles {
  /** Files that claim to be images: paths inside the folder, with forward slashes on every platform, sorted. */
  readonly images: readonly string[];
  /** All other files. */
  readonly others: readonly string[];
}

/**
 * Everything that people store photos in. The formats outside the pixel contract are here too, so that
 * they are reported as unreadable, with the reason, instead of being passed over in silence.
 */
const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .gif .bmp .tif .tiff .avif .heic .heif'.split(' '),
);

/**
 * Lists all files below `root`. Linked folders are followed where they may be class folders, `ROOT/class` and
 * `ROOT/train/class`, and not below: a link may point to its own parent.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`
 */
export async function listImageFiles(root: string): Promise<ImageFiles> {
  await assertFolder(root);
  const images: string[] = [];
  const others: string[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await list(join(root, folder))) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isFolder) {
        const mayBeClass = depth === 0 || (depth === 1 && toSplitName(folder) !== undefined);
        if (!entry.isLink || mayBeClass) await walk(path, depth + 1);
      } else if (isImage(path)) images.push(path);
      else others.push(path);
    }
  };
  await walk('', 0);
  images.sort();
  return { images, others };
}

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly isLink: boolean;
}

async function assertFolder(root: string): Promise<void> {
  const isFolder = await stat(root).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) {
    throw new IsometryError('FILE_NOT_FOUND', `There is no folder ${root}.`, {
      hint: 'Give a folder that holds one folder of images per class.',
      details: { folder: root },
    });
  }
}

/** Folders and files of one folder, hidden ones left out; links count as what they point to. */
async function list(folder: string): Promise<Entry[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw new IsometryError('FILE_READ_FAILED', `The folder ${folder} could not be listed.`, {
      hint: 'Check its permissions.',
      cause,
      details: { folder },
    });
  });
  const found: Entry[] = [];
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const isLink = entry.isSymbolicLink();
    // A link that leads nowhere is none of our business.
    const target = isLink ? await stat(join(folder, entry.name)).catch(() => undefined) : entry;
    const isFolder = target?.isDirectory() === true;
    if (isFolder || target?.isFile() === true) found.push({ name: entry.name, isFolder, isLink });
  }
  return found;
}

function isImage(file: string): boolean {
  return IMAGE_EXTENSIONS.has(extname(file).toLowerCase());
}
