import { isIsometryError, type Classifier, type ErrorCode } from '@isometry/core';

/**
 * A classifier, one that is being loaded, or a function that loads it. The function is called at the
 * first request that needs it, and again after a failure.
 */
export type ClassifierSource = Classifier | Promise<Classifier> | (() => Promise<Classifier>);

/** Where loading stands. */
export type SlotState =
  | { readonly status: 'loading' }
  | { readonly status: 'loaded'; readonly classifier: Classifier }
  | { readonly status: 'failed'; readonly code: ErrorCode | undefined };

/** Holds the classifier of an app: loads it once for all requests, and knows how far that is. */
export class ClassifierSlot {
  readonly #source: ClassifierSource;
  #loading: Promise<Classifier> | undefined;
  #state: SlotState = { status: 'loading' };

  constructor(source: ClassifierSource) {
    this.#source = source;
    // A function waits for the first request: Workers allow little work outside of one.
    if (typeof source !== 'function') this.load().catch(() => undefined);
  }

  get state(): SlotState {
    return this.#state;
  }

  /** The classifier, as soon as it is there. @throws what loading it threw */
  load(): Promise<Classifier> {
    this.#loading ??= this.#load();
    return this.#loading;
  }

  async #load(): Promise<Classifier> {
    try {
      const source = this.#source;
      const classifier = await (typeof source === 'function' ? source() : source);
      this.#state = { status: 'loaded', classifier };
      return classifier;
    } catch (error) {
      this.#state = { status: 'failed', code: isIsometryError(error) ? error.code : undefined };
      this.#loading = undefined;
      throw error;
    }
  }
}
