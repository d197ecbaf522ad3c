/**
 * Figures and one-file HTML pages about a trained model.
 *
 * @example
 * import { REPORT_VERSION } from '@isometry/report';
 *
 * @packageDocumentation
 */
export { REPORT_VERSION } from './report-version.ts';
