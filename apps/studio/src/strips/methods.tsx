export function MethodStrip() {
  return null;
}
