export function Zoo() {
  return null;
}
