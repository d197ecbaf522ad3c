/**
 * The SPDX identifiers that Hugging Face's hub has too, in its own lower case. Left out is what the hub puts into a
 * family (`gpl-3.0` is both GPL-3.0-only and GPL-3.0-or-later). Source: hub-docs, docs/hub/repositories-licenses.md.
 */
const SHARED_WITH_THE_HUB = new Set(
  `AFL-3.0 Apache-2.0 Artistic-2.0 BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear BSL-1.0 CC-BY-2.0 CC-BY-2.5 CC-BY-3.0
  CC-BY-4.0 CC-BY-NC-2.0 CC-BY-NC-3.0 CC-BY-NC-4.0 CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-3.0
  CC-BY-NC-SA-4.0 CC-BY-ND-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDLA-Permissive-1.0 CDLA-Permissive-2.0
  CDLA-Sharing-1.0 ECL-2.0 EPL-1.0 EPL-2.0 etalab-2.0 EUPL-1.1 ISC LPPL-1.3c MIT MPL-2.0 MS-PL NCSA OFL-1.1 OSL-3.0
  PostgreSQL Unlicense WTFPL Zlib`
    .split(/\s+/u)
    .map((id) => id.toLowerCase()),
);

/** The hub's identifier of a licence, or `undefined` where it has none that says the same. SPDX ignores case. */
export function hubLicense(spdx: string): string | undefined {
  const id = spdx.trim().toLowerCase();
  return SHARED_WITH_THE_HUB.has(id) ? id : undefined;
}
