/** A part of a data set. */
export type SplitName = 'train' | 'validation' | 'test';
