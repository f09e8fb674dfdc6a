import { describe, expect, it } from 'vitest';
import { given } from './given.js';

describe('given', () => {
  const page = 'http://127.0.0.1:7411/?';

  it('is the file beside the page that the address names', () => {
    const address = `${page}${new URLSearchParams({ picture: `given/picture/${encodeURIComponent('my cat?.jpg')}` })}#method=hirescam`;
    expect(given('picture', address)).toEqual({ name: 'my cat?.jpg', url: 'http://127.0.0.1:7411/given/picture/my%20cat%3F.jpg' });
    expect(given('model', address)).toBeUndefined();
  });

  it('is nothing that lies elsewhere', () => {
    for (const other of [
      'https://other.example/net.onnx',
      '//other.example/net.onnx',
      'given/model/../../x',
      'given/model/',
      '/etc/passwd',
    ])
      expect(given('model', `${page}${new URLSearchParams({ model: other })}`)).toBeUndefined();
  });
});
