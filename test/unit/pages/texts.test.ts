import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { METHODS } from '../../../src/ovc/protocol.ts';
import { RULES } from '../../../src/simulator/ovc/conformance/rules.ts';
import { linkFaults, pictureFaults, rtmpFaults, storageFaults } from '../../../src/simulator/ovc/faults.ts';
import { snake } from '../../../src/simulator/ovc/wire.ts';
import { pageFiles, pageText, textRows } from '../../peers/text-tables.ts';

const code = pageFiles;
const text = pageText;
const rows = textRows;
const tables = code.filter((name) => /texts[^/]*\.ts$/.test(name));

const places = (words: string): string[] => [...words.matchAll(/\{\w+\}/g)].map(([place]) => place).sort();

test('every text stands in English and in Chinese, with the same places for values', () => {
  assert.ok(tables.length > 0);
  for (const table of tables) {
    const found = rows(table);
    assert.equal(found.length, text(table).match(/^ {2}\S+: \[/gm)?.length, `${table} has rows that cannot be read`);
    for (const { key, en, zh } of found) {
      assert.ok(en !== '' && zh !== '', `${table}: ${key} is empty`);
      assert.deepEqual(places(zh), places(en), `${table}: ${key} has other places in Chinese`);
      assert.doesNotMatch(en, /[\u3000-\u9fff\uff00-\uffef]/, `${table}: ${key} is Chinese in the English column`);
      const sameInBoth = en === zh;
      assert.ok(sameInBoth || /[\u4e00-\u9fff]/.test(zh), `${table}: ${key} is not Chinese in the Chinese column`);
    }
  }
});

test('the simulator page has a text for each rule of the tour, in the rule’s own English, and for each field', () => {
  const rules = rows('simulator/rule-texts.ts').map(({ key, en }) => [key, en]);
  const expected = RULES.flatMap(({ id, says, tried }) => [
    [id, says],
    [`${id}/tried`, tried],
  ]);
  assert.deepEqual(rules, expected);
  const fields = new Set(rows('simulator/field-texts.ts').map(({ key }) => key));
  const names = (schema: z.core.JSONSchema.BaseSchema): string[] =>
    [schema, ...(schema.oneOf ?? [])].flatMap((each) =>
      typeof each === 'object' ? Object.keys(each.properties ?? {}) : [],
    );
  const params = Object.values(METHODS).flatMap((method) => names(z.toJSONSchema(method.params, { io: 'input' })));
  const switches = [linkFaults, rtmpFaults, storageFaults, pictureFaults].flatMap(({ shape }) =>
    Object.keys(shape).map(snake),
  );
  for (const name of [...Object.keys(METHODS), ...params, ...switches]) assert.ok(fields.has(name), name);
});

test('no component says anything that is in no table', () => {
  // Words between tags, and in the attributes that a person sees or hears.
  const spoken = [
    />\s*([A-Za-z\u4e00-\u9fff][^<>{}=;()]*)\s*<\//g,
    /(?:title|label|placeholder|aria-label|alt|hint)="([^"]+)"/g,
  ];
  const names = /^(ovd-gateway|OVC|English|中文|ovc\.example\.com)/;
  for (const file of code.filter((name) => name.endsWith('.tsx'))) {
    for (const pattern of spoken) {
      for (const [, words = ''] of text(file).matchAll(pattern))
        assert.match(words.trim(), names, `${file} says ${words}`);
    }
  }
});

test('every text of the kit and of the local page is used somewhere', () => {
  // Keys that are made of a word from outside are found by their beginning.
  const made =
    /^(not-onvif|no-usable-profile)$|^(camera|alarm|link|test|step|section|series|level|packet|time|events|live)-|^(to|from)-platform$/;
  const everything = code
    .filter((name) => !tables.includes(name))
    .map(text)
    .join('\n');
  const whole = /(trouble|failure|fault|key)-texts\.ts$/;
  for (const table of tables.filter((name) => !whole.test(name) && !name.startsWith('simulator'))) {
    for (const { key } of rows(table)) {
      assert.ok(made.test(key) || everything.includes(`'${key}'`), `${table}: nobody says ${key}`);
    }
  }
});
