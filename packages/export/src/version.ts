/** This package's version, as every exported file names it. A test holds it to package.json. */
export const VERSION = '0.1.0';
