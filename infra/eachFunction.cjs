// What each function of the stage has: a role of its own, your own key on its log, and its alarms. What differs between
// functions is data, in roles.yml and alarms.yml. CommonJS, because that is how osls loads a file of code.

/** Gives a part of the template. @throws Error for a function that roles.yml or alarms.yml does not name. */
module.exports = async ({ resolveConfigurationProperty, resolveVariable }) => {
  const functions = Object.assign({}, ...(await resolveConfigurationProperty(['functions'])));
  const statements = await resolveVariable('file(infra/roles.yml):functions');
  const alarms = await resolveVariable('file(infra/alarms.yml):ofEachFunction');
  const notices = await resolveVariable('file(infra/alarms.yml):whatPeopleNotice');
  const ownKey = await resolveVariable('self:custom.ownKey');

  const template = { Resources: {}, extensions: {} };
  for (const name of Object.keys(functions)) {
    if (!statements[name]) throw new Error(`infra/roles.yml does not say what ${name} may do.`);
    if (!notices[name]) throw new Error(`infra/alarms.yml does not say what people notice when ${name} fails.`);
    // As osls writes the name of a function before `LambdaFunction` and `LogGroup`.
    const id = `${name[0].toUpperCase()}${name.slice(1)}`;
    template.extensions[`${id}LogGroup`] = { Properties: { KmsKeyId: ownKey } };
    template.Resources[`${id}Role`] = makeRole(name, statements[name]);
    for (const [kind, alarm] of Object.entries(alarms)) {
      const words = { '<function>': name, '<what people notice>': notices[name] };
      template.Resources[`${id}${kind}`] = makeAlarm(alarm, words, `${id}LambdaFunction`);
    }
  }
  return template;
};

function makeRole(name, statements) {
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
      Policies: [{ PolicyName: name, PolicyDocument: { Version: '2012-10-17', Statement: statements.map(joinPaths) } }],
    },
  };
}

/** YAML cannot join lists: `[*callers, *links]` is a list of two lists, and becomes one. */
function joinPaths(statement) {
  return Array.isArray(statement.Resource) ? { ...statement, Resource: statement.Resource.flat() } : statement;
}

function makeAlarm(alarm, words, functionId) {
  const AlarmDescription = alarm.AlarmDescription.replace(/<[^>]+>/g, (placeholder) => words[placeholder]);
  const Dimensions = [{ Name: 'FunctionName', Value: { Ref: functionId } }];
  return { Type: 'AWS::CloudWatch::Alarm', Properties: { ...alarm, AlarmDescription, Dimensions } };
}
