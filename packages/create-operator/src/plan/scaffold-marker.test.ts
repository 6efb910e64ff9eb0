import { describe, expect, it } from 'vitest';

import { insertAtMarkers } from './scaffold-marker.ts';

const text = 'a: [\n  // +reconcile:scaffold:kinds\n],\n';

describe('lines at a marker', () => {
  it('come before it, as far indented, in the order of the commands', () => {
    const one = insertAtMarkers('f', text, [{ marker: 'kinds', lines: ['One,'] }]);
    expect(insertAtMarkers('f', one, [{ marker: 'kinds', lines: ['Two,', 'Three,'] }])).toBe(
      'a: [\n  One,\n  Two,\n  Three,\n  // +reconcile:scaffold:kinds\n],\n',
    );
  });

  it('are left alone when they are there', () => {
    const one = insertAtMarkers('f', text, [{ marker: 'kinds', lines: ['One,'] }]);
    expect(insertAtMarkers('f', one, [{ marker: 'kinds', lines: ['One,'] }])).toBe(one);
  });

  it('are told when the marker is gone, so that they can be written by hand', () => {
    const insert = () => insertAtMarkers('src/operator.ts', 'a: [],\n', [{ marker: 'kinds', lines: ['One,'] }]);
    expect(insert).toThrow(/src\/operator\.ts has no line `\+reconcile:scaffold:kinds`.*\n {2}One,/u);
  });

  it('need no marker when somebody wrote them by hand', () => {
    expect(insertAtMarkers('f', 'a: [\n  One,\n],\n', [{ marker: 'kinds', lines: ['One,'] }])).toBe(
      'a: [\n  One,\n],\n',
    );
  });
});
