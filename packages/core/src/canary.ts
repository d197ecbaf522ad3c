/** Decodes the canary's base64. Validated by the manifest's schema: base64 characters only. */
export function readCanary(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
