/** What each function may do, to the letter, by what it may do it to: held against the template, and against what the code does. */

const toLog = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const toReadSecrets = ['ssm:GetParametersByPath'];

/** A table by its name in the template, an index or a stream behind it; a part of the secrets by its path. */
export type Role = Readonly<Record<string, readonly string[]>>;

export const functionRoles: Readonly<Record<string, Role>> = {
  addBasketItem: {
    AddBasketItemLogGroup: toLog,
    ItemsTable: ['dynamodb:PutItem'],
    RegiesTable: ['dynamodb:Scan'],
    callers: toReadSecrets,
    'callers/*': toReadSecrets,
    links: toReadSecrets,
    'links/*': toReadSecrets,
  },
  removeBasketItem: {
    RemoveBasketItemLogGroup: toLog,
    ItemsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    callers: toReadSecrets,
    'callers/*': toReadSecrets,
  },
  paymentPage: {
    PaymentPageLogGroup: toLog,
    ItemsTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    RegiesTable: ['dynamodb:Scan'],
    links: toReadSecrets,
    'links/*': toReadSecrets,
    banks: toReadSecrets,
    'banks/*': toReadSecrets,
  },
  paymentNotification: {
    PaymentNotificationLogGroup: toLog,
    ItemsTable: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    RegiesTable: ['dynamodb:Scan'],
    links: toReadSecrets,
    'links/*': toReadSecrets,
    banks: toReadSecrets,
    'banks/*': toReadSecrets,
  },
  attendItems: {
    AttendItemsLogGroup: toLog,
    ItemsTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
    'ItemsTable/index/due': ['dynamodb:Query'],
    'ItemsTable/stream': [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
    ],
    RegiesTable: ['dynamodb:Scan'],
    callers: toReadSecrets,
    'callers/*': toReadSecrets,
    banks: toReadSecrets,
    'banks/*': toReadSecrets,
  },
  sandboxBank: {
    SandboxBankLogGroup: toLog,
    SandboxTable: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
    banks: toReadSecrets,
    'banks/*': toReadSecrets,
  },
};
