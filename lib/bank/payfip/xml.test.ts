import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseXml } from './xml.ts';

describe('parseXml', () => {
  it('gives elements by their local names, each with its own text', () => {
    const text = `\uFEFF<?xml version="1.0" encoding='UTF-8'?>
      <!-- a > b -->
      <s:a xmlns:s="http://example.org/?a=1&amp;b=2" b = 'x > "y"'><b>1<!-- 2 -->3</b ><n2:b /><c><b>4</b></c></s:a>
      `;
    expect(parseXml(text)).toMatchObject({
      name: 'a',
      text: '',
      children: [
        { name: 'b', text: '13', children: [] },
        { name: 'b', text: '', children: [] },
        { name: 'c', text: '', children: [{ name: 'b', text: '4', children: [] }] },
      ],
    });
  });

  it.each([
    ['the five entities', '&lt;&amp;&gt;&quot;&apos;', `<&>"'`],
    ['an entity once only', '&amp;lt;', '&lt;'],
    ['character references', '&#233;&#xE9;&#x1F600;&#65;&#0000065;', 'éé😀AA'],
    ['CDATA as it is', '<![CDATA[<a>&amp;]]]]><![CDATA[>]]>', '<a>&amp;]]>'],
    ['digits as text', '001000', '001000'],
    ['letters beyond ASCII', 'Régie 😀', 'Régie 😀'],
  ])('reads %s', (_, inside, text) => {
    expect(parseXml(`<a>${inside}</a>`)).toMatchObject({ text });
  });

  it.each([
    ['nothing', ''],
    ['text', 'OK'],
    ['JSON', '{"err":0}'],
    ['a page', '<html><br></html>'],
    ['two roots', '<a/><b/>'],
    ['text after the root', '<a/>b'],
    ['text before the root', 'b<a/>'],
    ['an end too many', '<a/></a>'],
    ['no end', '<a><b></b>'],
    ['ends in the wrong order', '<a><b></a></b>'],
    ['an end with another prefix', '<x:a></y:a>'],
    ['a tag that is cut', '<a><b'],
    ['a comment that is cut', '<a><!-- </a>'],
    ['CDATA that is cut', '<a><![CDATA[</a>'],
    ['an attribute without quotes', '<a b=c/>'],
    ['an attribute without a value', '<a b/>'],
    ['an attribute with markup', '<a b="<"/>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a document type in small letters', '<!doctype a><a/>'],
    ['a document type with a file', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['a document type with an address', '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>'],
    [
      'entities that grow',
      '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;">]><a>&z;</a>',
    ],
    ['an entity of its own', '<a>&x;</a>'],
    ['an entity of HTML', '<a>&eacute;</a>'],
    ['an entity of every object', '<a>&toString;</a>'],
    ['an ampersand alone', '<a>b & c</a>'],
    ['an ampersand at the end', '<a>b&</a>'],
    ['a reference without its end', '<a>&amp</a>'],
    ['an empty reference', '<a>&#;</a>'],
    ['the null character by reference', '<a>&#0;</a>'],
    ['half a character by reference', '<a>&#xD800;</a>'],
    ['a character beyond the last', '<a>&#x110000;</a>'],
    ['an attribute given twice', '<a b="1" b="2"/>'],
    ['the null character', '<a>\0</a>'],
    ['a control character', '<a>\u001b</a>'],
  ])('refuses %s', (_, text) => {
    expect(() => parseXml(text)).toThrow(SyntaxError);
  });

  it('says nothing of the text in its refusal', () => {
    expect(() => parseXml('<a>gerard.lambert@rungis.fr</b>')).toThrow(/^The text is not well-formed XML\.$/);
  });

  it.each([
    ['nested elements', '<a>'.repeat(100_000) + '</a>'.repeat(100_000)],
    ['empty elements', `<a>${'<b/>'.repeat(200_000)}</a>`],
    ['references', `<a>${'&#65;'.repeat(200_000)}</a>`],
    ['attributes', `<a${Array.from({ length: 50_000 }, (_, index) => ` b${index}="c"`).join('')}/>`],
  ])(
    'reads a long row of %s to its end',
    (_, text) => {
      expect(parseXml(text)).toMatchObject({ name: 'a' });
    },
    30_000,
  );

  it.each([
    ['spaces in a tag', `<a${' '.repeat(1_000_000)}`],
    ['attributes that are cut', `<a${' b="c"'.repeat(150_000)}`],
    ['a name', `<${'a'.repeat(1_000_000)}`],
    ['starts of comments', `<a>${'<!--'.repeat(250_000)}`],
    ['ampersands', `<a>${'&'.repeat(1_000_000)}</a>`],
    ['open elements', '<a>'.repeat(300_000)],
  ])(
    'refuses a long row of %s',
    (_, text) => {
      expect(() => parseXml(text)).toThrow(SyntaxError);
    },
    30_000,
  );

  it('never fails but with a syntax error', () => {
    const pieces = ['<', '>', '/', '&', ';', '#', 'x', 'a', '"', "'", '=', ' ', '!', '?', '-', '[CDATA[', ']]>', '<a>'];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 30 }), (parts) => {
        try {
          expect(typeof parseXml(parts.join('')).name).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
    );
  });
});
