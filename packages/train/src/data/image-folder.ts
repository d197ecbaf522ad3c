import { readdir, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { IsometryError } from '@isometry/core';

/** A file that claims to be an image. */
export interface LabelledFile {
  /** Path inside the image folder, with forward slashes on every platform. */
  readonly file: string;
  readonly label: string;
}

/** What {@link scanImageFolder} finds. */
export interface ImageFolder {
  readonly root: string;
  /** Class names in code unit order: a label's position is its logit's. Two or more. */
  readonly labels: readonly string[];
  /** Sorted by path. */
  readonly files: readonly LabelledFile[];
  /** How many files were not looked at: no image by their extension, or outside a class folder. */
  readonly ignored: number;
}

/**
 * Everything that people store photos in. The formats outside the pixel contract are here too, so that
 * they are reported as unreadable, with the reason, instead of being passed over in silence.
 */
const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set(
  '.jpg .jpeg .jpe .jfif .png .webp .gif .bmp .tif .tiff .avif .heic .heif'.split(' '),
);

/**
 * Lists `ROOT/<label>/**` by extension. Hidden files and folders, and folders without an image, are no
 * classes.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `DATASET_EMPTY`, `DATASET_TOO_FEW_CLASSES`
 */
export async function scanImageFolder(root: string): Promise<ImageFolder> {
  await assertFolder(root);
  const files: LabelledFile[] = [];
  let ignored = 0;
  for (const entry of await list(root)) {
    if (entry.isFolder) {
      for (const file of await walk(root, entry.name)) {
        if (isImage(file)) files.push({ file, label: entry.name });
        else ignored += 1;
      }
    } else if (entry.name !== 'metadata.csv') ignored += 1;
  }
  const labels = [...new Set(files.map(({ label }) => label))].sort();
  if (labels.length === 0) {
    throw new IsometryError('DATASET_EMPTY', `No image in a class folder under ${root}.`, {
      hint: 'Put the images into one folder per class, e.g. photos/wart/1.jpg and photos/corn/2.jpg.',
      details: { folder: root, ignored },
    });
  }
  if (labels.length === 1) {
    throw new IsometryError(
      'DATASET_TOO_FEW_CLASSES',
      `${root} holds images of one class only, "${labels[0]}".`,
      {
        hint: 'A classifier needs two or more: give the folder that holds the class folders.',
        details: { folder: root, labels },
      },
    );
  }
  files.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { root, labels, files, ignored };
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

/**
 * All files below a class folder. A linked folder is followed where it is the class folder itself, and
 * not below: it may point to its own parent.
 */
async function walk(root: string, folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await list(join(root, folder))) {
    const path = `${folder}/${entry.name}`;
    if (!entry.isFolder) files.push(path);
    else if (!entry.isLink) files.push(...(await walk(root, path)));
  }
  return files;
}

function isImage(file: string): boolean {
  return IMAGE_EXTENSIONS.has(extname(file).toLowerCase());
}
