export function LayerStrip() {
  return null;
}
