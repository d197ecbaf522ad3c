/**
 * What the paper reports: K. M. Kim, P.-K. Kim, C. Chun, "Skin Disease Classification Technique Based on Convolutional
 * Neural Network Using Deep Metric Learning", Smart Media Journal 10(4), 2021. One run each on 502 test images of three
 * classes, which are not public.
 */
export const PAPER_TITLE = 'Kim, Kim and Chun 2021';

/** A row of its table 2, in percent. Averages over classes are support-weighted. */
export interface PaperScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly accuracy: number;
}

type PaperTable = Readonly<Record<string, Readonly<Record<string, PaperScores>>>>;

const row = (precision: number, recall: number, f1: number, accuracy: number): PaperScores => ({
  precision,
  recall,
  f1,
  accuracy,
});

/** Table 2, by backbone and loss. */
const TABLE_2: PaperTable = {
  inceptionv3: {
    'cross-entropy': row(85.57, 85.88, 85.61, 85.68),
    contrastive: row(93.44, 93.43, 93.4, 93.44),
    triplet: row(90.89, 90.65, 90.73, 90.66),
    'lifted-structured': row(89.92, 89.86, 89.73, 89.86),
  },
  resnet50: {
    'cross-entropy': row(54.12, 64.81, 58.42, 64.81),
    contrastive: row(86.52, 85.68, 86.05, 85.68),
    triplet: row(85.89, 84.29, 84.55, 85.68),
    'lifted-structured': row(92.26, 92.24, 92.17, 92.25),
  },
  mobilenet: {
    'cross-entropy': row(93.23, 92.84, 92.97, 92.84),
    contrastive: row(95.42, 95.22, 95.26, 95.22),
    triplet: row(95.05, 95.02, 95.02, 95.02),
    'lifted-structured': row(97.43, 97.41, 97.42, 97.41),
  },
};

export function paperScores(backbone: string, loss: string): PaperScores | null {
  return TABLE_2[backbone]?.[loss] ?? null;
}

/** Table 3: parameters of the backbone without the classifier of ImageNet. */
export const PAPER_PARAMETERS: Readonly<Record<string, number>> = {
  resnet50: 23_587_712,
  inceptionv3: 21_802_784,
  mobilenet: 3_228_864,
};

/** One of its tables or figures, in words: its pictures are not ours to show. */
interface PaperStatement {
  readonly where: string;
  readonly says: string;
}

/** Its tables 4 and 5, the row-normalised confusion matrices of MobileNet, by loss. */
const CONFUSION: Readonly<Record<string, PaperStatement>> = {
  'cross-entropy': {
    where: 'table 4',
    says: 'corns 0.852 right, 0.148 taken for warts.',
  },
  'lifted-structured': {
    where: 'table 5',
    says: 'warts 0.971, corns 0.949 and normal skin 0.986 right.',
  },
};

/** Its figures 3 and 4, t-SNE of MobileNet's test embeddings, by loss. */
const MAPS: Readonly<Record<string, PaperStatement>> = {
  'cross-entropy': { where: 'figure 3', says: 'corns and warts are mixed.' },
  'lifted-structured': { where: 'figure 4', says: 'the classes are clusters apart.' },
};

/** The losses whose confusion and map the paper shows. */
export const PAPER_SHOWN_LOSSES: readonly string[] = Object.keys(MAPS);

/** What the paper's confusion matrix of MobileNet with this loss says; null where it shows none. */
export function paperConfusion(loss: string, isPaperData: boolean): string | null {
  return statement(CONFUSION[loss], isPaperData);
}

/** What the paper's map of MobileNet's embeddings with this loss shows; null where it shows none. */
export function paperMap(loss: string, isPaperData: boolean): string | null {
  return statement(MAPS[loss], isPaperData);
}

function statement(found: PaperStatement | undefined, isPaperData: boolean): string | null {
  if (found === undefined) return null;
  const { where, says } = found;
  return `The paper’s ${where}${isPaperData ? '' : ' (another data set)'}: ${says}`;
}
