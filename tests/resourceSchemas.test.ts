/** The check by AWS's schemas finds what is wrong: on a small template, changed in one place. */
import { describe, expect, it } from 'vitest';
import type { JsonObject, Template } from './packagedStage.ts';
import { findFaults } from './resourceSchemas.ts';

const table = {
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
};
const mapping = {
  BatchSize: 50,
  EventSourceArn: { 'Fn::GetAtt': ['Items', 'StreamArn'] },
  FunctionName: 'attendItems',
};
const rule = { ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' };

function templateWith({ items = {}, mapped = {}, scheduled = {} }: Readonly<Record<string, JsonObject>>): Template {
  return {
    Conditions: {},
    Outputs: {},
    Resources: {
      Items: { Type: 'AWS::DynamoDB::Table', Properties: { ...table, ...items } },
      Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { ...mapping, ...mapped } },
      Rule: { Type: 'AWS::Events::Rule', DependsOn: ['Items'], Properties: { ...rule, ...scheduled } },
    },
  };
}

describe('a template', () => {
  it('is found good', () => {
    expect(findFaults(templateWith({}))).toEqual([]);
    expect(findFaults(templateWith({ mapped: { BatchSize: '50', Enabled: 'true' } }))).toEqual([]);
  });

  it.each<[Readonly<Record<string, JsonObject>>, string]>([
    [{ items: { BillingMod: 'PAY_PER_REQUEST' } }, 'Items.BillingMod: unknown'],
    [
      { items: { AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S', Type: 'S' }] } },
      'Items.AttributeDefinitions[0].Type: unknown',
    ],
    [{ items: { StreamSpecification: {} } }, 'Items.StreamSpecification.StreamViewType: missing'],
    [{ items: { StreamSpecification: 'NEW_IMAGE' } }, 'Items.StreamSpecification: not an object'],
    [{ items: { Tags: { a: 'b' } } }, 'Items.Tags: not a list'],
    [{ mapped: { BatchSize: 'fifty' } }, 'Mapping.BatchSize: "fifty" is no integer'],
    [{ mapped: { Enabled: 'yes' } }, 'Mapping.Enabled: "yes" is no boolean'],
    [{ mapped: { EventSourceArn: { 'Fn::GetAtt': ['Items', 'Stream'] } } }, 'Items.Stream: there is no such thing'],
    [{ mapped: { FunctionName: { Ref: 'AttendItems' } } }, 'AttendItems: there is no such thing'],
    [{ mapped: { FunctionName: { 'Fn::Sub': `\${Items}-\${Name}` } } }, 'Name: there is no such thing'],
    [{ scheduled: { State: 'ON' } }, 'Rule.State: "ON" is no string'],
  ])('is not, with %j', (change, fault) => {
    expect(findFaults(templateWith(change))).toEqual([fault]);
  });

  it('is not, with a type that AWS does not have, without what a type must have, or after a thing that is not there', () => {
    const { Resources, ...others } = templateWith({});
    const wrong = {
      Queue: { Type: 'AWS::SQS::Que', DependsOn: 'Topic', Properties: {} },
      Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: {} },
    };
    expect(findFaults({ ...others, Resources: { ...Resources, ...wrong } })).toEqual([
      'Mapping.FunctionName: missing',
      'Queue: no type AWS::SQS::Que',
      'Topic: there is no such thing',
    ]);
  });
});
