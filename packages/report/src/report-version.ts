/** Version of the JSON that a report comes with. */
export const REPORT_VERSION = 1;
