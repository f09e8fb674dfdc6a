import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/** Environment variables, as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where this user's downloads are kept: `$XDG_CACHE_HOME/gradcam` (`~/.cache/gradcam`) on Linux, `~/Library/Caches/gradcam` on
 * macOS, `%LOCALAPPDATA%\gradcam\Cache` on Windows.
 */
export function cacheDirectory(env: Environment = process.env, platform = process.platform, home = homedir()): string {
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'gradcam');
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'gradcam', 'Cache');
  const base = env['XDG_CACHE_HOME'];
  // The XDG Base Directory Specification has relative paths ignored.
  return join(base !== undefined && isAbsolute(base) ? base : join(home, '.cache'), 'gradcam');
}
