import { AwsError } from "../../../../local/kernel/aws-error";
import { prepareTemplates } from "../../../../local/services/apigateway/rest-api";
import type { Resources, Values } from "../../../support/deployment";
import {
  API_ID,
  Bench,
  baseResources,
  FUNCTION_ARN,
  fails,
  headersOf,
  INVOKE_ARN,
  lambdaMethod,
  resource,
  type Sent,
  succeeds,
  textOf,
} from "./fixture";

type Maps = Readonly<Record<string, string>>;

/** `POST /map/{id}`, mapped by templates for JSON: `request` to the function or the mock, `response` to the client. */
function mapped(
  { request, response, ...integration }: Values & { request?: string; response?: string },
  responses: readonly Values[] = [{ status_code: "200" }],
): Resources {
  const where = { rest_api_id: API_ID, resource_id: "res021", http_method: "POST" };
  const json = (text: string | undefined): { request_templates?: Maps } & Values =>
    text === undefined ? {} : { "application/json": text };
  return {
    ...baseResources(),
    ...resource("map", "res020"),
    ...resource("{id}", "res021", "res020"),
    ...lambdaMethod("map", "res021", "POST"),
    "aws_api_gateway_integration.POST-map": {
      ...where,
      type: "AWS",
      uri: INVOKE_ARN,
      integration_http_method: "POST",
      request_templates: json(request),
      ...integration,
    },
    ...Object.fromEntries(
      responses.flatMap(({ response_parameters, ...values }, index) => [
        [
          `aws_api_gateway_integration_response.r${index}`,
          {
            ...where,
            response_templates: json(response),
            ...(response_parameters === undefined ? {} : { response_parameters }),
            ...values,
          },
        ],
        [
          `aws_api_gateway_method_response.r${index}`,
          {
            ...where,
            status_code: values.status_code ?? "200",
            response_parameters: Object.fromEntries(
              Object.keys({ ...(response_parameters as Values) }).map((name) => [name, true]),
            ),
          },
        ],
      ]),
    ),
  };
}

const post = (bench: Bench, body: string, sent: Sent = {}) =>
  bench.send({
    target: "/development/map/7?q=one&q=two",
    headers: [
      ["Content-Type", "application/json"],
      ["X-A", "b"],
    ],
    body,
    ...sent,
  });

const mock = (request: string, response?: string, responses?: readonly Values[]) =>
  new Bench(mapped({ type: "MOCK", request, ...(response === undefined ? {} : { response }) }, responses));

/** What a response template makes of the answer of a function. */
async function answered(template: string, answer: unknown): Promise<string> {
  const bench = new Bench(mapped({ response: template }));
  bench.answer = succeeds(JSON.stringify(answer));
  return textOf(await post(bench, "{}"));
}

/** The event that a request template makes of a body. */
async function eventOf(template: string, body = '{"a":1}'): Promise<string | undefined> {
  const bench = new Bench(mapped({ request: template }));
  await post(bench, body);
  return bench.invocations[0]?.payload;
}

describe("a request template", () => {
  test("makes the event of the function", async () => {
    const template = `#set($all = $input.params())
{ "id": "$input.params('id')", "q": "$input.params('q')", "a": "$input.params().header.get('X-A')",
  "body": $input.json('$'), "stage": "$context.stage", "path": "$context.resourcePath", "ip": "$context.identity.sourceIp",
  "places": [#foreach($place in $all.keySet())"$place"#if($foreach.hasNext),#end#end] }`;

    expect(JSON.parse((await eventOf(template, '{"n":[1,{"x":"y"}]}')) ?? "")).toEqual({
      id: "7",
      q: "two",
      a: "b",
      body: { n: [1, { x: "y" }] },
      stage: "development",
      path: "/map/{id}",
      ip: "127.0.0.1",
      places: ["path", "querystring", "header"],
    });
  });

  test("sees stage variables by name", async () => {
    const resources = mapped({ request: '{"v": "${stageVariables[\'name\']} $stageVariables.name"}' });
    const stage = { ...resources["aws_api_gateway_stage.stage"], variables: { name: "x" } };
    const bench = new Bench({ ...resources, "aws_api_gateway_stage.stage": stage });

    await post(bench, "");

    expect(bench.invocations[0]?.payload).toBe('{"v": "x x"}');
  });

  test.each([
    ["a content type of its own", "text/csv", "WHEN_NO_MATCH", 400, "x,y"],
    [
      "a content type that no template takes, with templates",
      "text/csv",
      "WHEN_NO_TEMPLATES",
      415,
      undefined,
    ],
    ["a content type that no template takes", "text/csv", "NEVER", 415, undefined],
    ["a parameter at the content type", "application/json; charset=utf-8", "NEVER", 200, undefined],
  ])("and %s: %s with %s is a %i", async (_name, type, passthrough_behavior, status, passed) => {
    const bench = new Bench(mapped({ request: "{}", passthrough_behavior }));
    bench.answer =
      status === 400 ? new AwsError("InvalidRequestContentException", "Could not parse", 400) : bench.answer;

    const answer = await post(bench, "x,y", { headers: [["Content-Type", type]] });

    expect(answer.status).toBe(status);
    if (passed !== undefined) expect(bench.invocations[0]?.payload).toBe(passed);
  });

  test("is not needed: the body is the event, and none is an empty object", async () => {
    const bench = new Bench(mapped({ passthrough_behavior: "WHEN_NO_TEMPLATES" }));

    await post(bench, '{"message":"hello world"}');
    await post(bench, "");

    expect(bench.invocations.map(({ payload }) => payload)).toEqual(['{"message":"hello world"}', "{}"]);
  });

  test("whose event is not JSON gets Lambda's own answer", async () => {
    const bench = new Bench(mapped({ request: "not json" }));
    const message = "Could not parse request body into json: Unexpected token";
    bench.answer = new AwsError("InvalidRequestContentException", message, 400);

    const answer = await post(bench, "{}");

    expect([answer.status, textOf(answer)]).toEqual([400, `{"message": "${message}"}`]);
  });

  test("$default takes every content type", async () => {
    const bench = new Bench(
      mapped({ request_templates: { $default: '{"t":1}' }, passthrough_behavior: "NEVER" }),
    );

    await post(bench, "x", { headers: [["Content-Type", "text/csv"]] });

    expect(bench.invocations[0]?.payload).toBe('{"t":1}');
  });
});

// localstack's AWS-validated tests, `test_input_path_template_formatting`: what AWS printed.
describe("$input.path prints as recorded", () => {
  const own = '#set($result = $input.path("$.json"))$result';

  test.each([
    ["a map", own, { foo: "bar" }, "{foo=bar}"],
    ["a list", own, [{ foo: "bar" }], '[{"foo":"bar"}]'],
    ["a map in a map", `${own}.nested`, { nested: { foo: "bar" } }, "{foo=bar}"],
    ["a list in a map", `${own}.nested`, { nested: [{ foo: "bar" }] }, '[{"foo":"bar"}]'],
    ["an item", `${own}[0]`, [{ foo: "bar" }], "{foo=bar}"],
    ["a map with a list", own, { foo: [{ nested: "bar" }] }, '{foo=[{"nested":"bar"}]}'],
    [
      "a larger map",
      own,
      { bigger: "dict", to: "test", with: "separators" },
      "{bigger=dict, to=test, with=separators}",
    ],
    ["toString of a map", `${own}.toString()`, { list: [{ foo: "bar" }] }, '{list=[{"foo":"bar"}]}'],
  ])("%s", async (_name, template, json, printed) => {
    expect(await answered(template, { json })).toBe(printed);
  });

  const tested = (path: string) =>
    `#set($result = $input.path("${path}")){"body": $result, "nested": $result.nested, "isNull": #if( $result == $null )"true"#else"false"#end, "isEmptyString": #if( $result == "" )"true"#else"false"#end}`;
  const nothing = '{"body": , "nested": , "isNull": "true", "isEmptyString": "true"}';

  test.each([
    ["what is not there", tested("$.none"), {}, nothing],
    ["null", tested("$.json.listValue"), { listValue: null }, nothing],
    [
      "an empty list",
      tested("$.json.listValue"),
      { listValue: [] },
      '{"body": [], "nested": , "isNull": "false", "isEmptyString": "false"}',
    ],
  ])("%s", async (_name, template, json, printed) => {
    expect(await answered(template, { json })).toBe(printed);
  });
});

// `test_input_body_formatting`
test.each([
  ["", "Action=SendMessage&MessageBody={}", "EncodedBody=%7B%7D&EncodedBodyAccess="],
  [
    '{"some": "value"}',
    'Action=SendMessage&MessageBody={"some": "value"}',
    "EncodedBody=%7B%22some%22%3A+%22value%22%7D&EncodedBodyAccess=",
  ],
  [
    "some raw data",
    "Action=SendMessage&MessageBody=some raw data",
    "EncodedBody=some+raw+data&EncodedBodyAccess=",
  ],
])("$input.body of %j prints as recorded", async (body, printed, encoded) => {
  const template =
    "EncodedBody=$util.urlEncode($input.body)&EncodedBodyAccess=$util.urlEncode($input.body.testAccess)";

  expect(await eventOf("Action=SendMessage&MessageBody=$input.body", body)).toBe(printed);
  expect(await eventOf(template, body)).toBe(encoded);
});

describe("a mock", () => {
  // `test_integration_mock_with_request_overrides_in_response_template`
  test.each([
    ["path1", '"response": "path was path one"'],
    ["path2", '"response": "path was path two"'],
    ["whatever", '"response": "this is the else clause"'],
  ])("hands a request override on to the response template: %s", async (message, expected) => {
    const bench = mock(
      `#set($body = $util.base64Decode($input.params('id')))
    #set($context.requestOverride.path.body = $body)
    {
      "statusCode": 200
    }`,
      `
    #set($body = $util.parseJson($context.requestOverride.path.body))
    #set($inputBody = $body.message)
    #if($inputBody == "path1")
    { "response": "path was path one" }
    #elseif($inputBody == "path2")
    { "response": "path was path two" }
    #else
    { "response": "this is the else clause" }
    #end`,
    );
    const id = Buffer.from(JSON.stringify({ message })).toString("base64");

    const answer = await post(bench, "", { target: `/development/map/${id}` });

    expect(textOf(answer).trim()).toBe(`{ ${expected} }`);
  });

  // `test_integration_mock_with_response_override_in_request_template`
  const overriding = `
    #set($context.responseOverride.status = 444)
    #set($context.responseOverride.header.foo = "bar")
    #set($context.responseOverride.custom = "is also passed around")
    {
      "statusCode": 200
    }`;

  test("is answered as the request template overrides it", async () => {
    const bench = mock(
      overriding,
      '#set($s = $context.responseOverride.status){"s": "$s", "f": "$context.responseOverride.header.foo", "c": "$context.responseOverride.custom"}',
    );
    const answer = await post(bench, "");

    expect([answer.status, headersOf(answer).foo, textOf(answer)]).toEqual([
      444,
      "bar",
      '{"s": "444", "f": "bar", "c": "is also passed around"}',
    ]);
    expect((await post(mock(overriding), "")).status).toBe(444);
  });

  // `test_integration_mock_with_vtl_map_assignation`
  test("takes overrides by name, by put and by nested names", async () => {
    const bench = mock(
      `#set($paramName = "foo")
    #set($context.requestOverride.querystring[$paramName] = "bar")
    #set($paramPutName = "putfoo")
    $context.requestOverride.querystring.put($paramPutName, "putBar")
    #set($context["requestOverride"].querystring["nestedfoo"] = "nestedFoo")
    {
      "statusCode": 200
    }`,
      '$context.requestOverride.querystring["foo"] $context.requestOverride.querystring["putfoo"] $context.requestOverride.querystring["nestedfoo"]',
    );

    expect(textOf(await post(bench, ""))).toBe("bar putBar nestedFoo");
  });

  test("selects its response by the status that the template works out", async () => {
    const request = '#if($input.path("$.ok")){"statusCode": 200}#else{"statusCode": 404}#end';
    const bench = mock(request, undefined, [
      { status_code: "200" },
      { status_code: "404", selection_pattern: "4\\d{2}" },
    ]);

    expect((await post(bench, '{"ok":true}')).status).toBe(200);
    expect((await post(bench, "{}")).status).toBe(404);
  });

  test("answers with the template that the client accepts", async () => {
    const templates = { "application/json": "{}", "application/xml": "<x/>" };
    const bench = mock('{"statusCode": 200}', undefined, [
      { status_code: "200", response_templates: templates },
    ]);
    const answer = await post(bench, "", { headers: [["Accept", "application/xml, */*"]] });

    expect([textOf(answer), headersOf(answer)["content-type"]]).toEqual(["<x/>", "application/xml"]);
  });
});

describe("a function's answer", () => {
  test("is passed on without a template", async () => {
    const bench = new Bench(mapped({}));
    bench.answer = succeeds('{"message":"hello world"}');

    const answer = await post(bench, "{}");

    expect([answer.status, textOf(answer), headersOf(answer)["content-type"]]).toEqual([
      200,
      '{"message":"hello world"}',
      "application/json",
    ]);
    expect(answer.decision).toEqual({ layer: "function", detail: "ExternalLambda1" });
  });

  // `test_lambda_selection_patterns`: 405 and 502 both match the first; the status of a success is not looked at.
  const patterns: Values[] = [
    { status_code: "200" },
    { status_code: "405", selection_pattern: ".*four hundred.*" },
    { status_code: "502", selection_pattern: ".+" },
    { status_code: "504", selection_pattern: "200" },
  ];

  test.each([
    [succeeds('"Pass"'), 200],
    [fails("error", "Error: Raising four hundred from within"), 405],
    [fails("error", "Error: Raising five hundred from within"), 502],
    [fails("timeout", "Task timed out after 3.00 seconds"), 502],
  ])("is selected by the message of its error alone", async (run, status) => {
    const bench = new Bench(mapped({}, patterns));
    bench.answer = run;

    const answer = await post(bench, "{}");

    expect([answer.status, textOf(answer)]).toEqual([status, run.payload]);
  });

  test("is a 200 with the error in it where no pattern takes it, and a 500 where nothing does", async () => {
    const other = { status_code: "404", selection_pattern: "not found" };
    const withDefault = new Bench(mapped({}, [{ status_code: "200" }, other]));
    const without = new Bench(mapped({}, [other]));
    withDefault.answer = fails("error", "Broken");
    without.answer = fails("error", "Broken");

    expect((await post(withDefault, "{}")).status).toBe(200);
    expect((await post(without, "{}")).status).toBe(500);
  });

  // `test_lambda_aws_integration_response_with_mapping_templates`
  test.each([
    ["noerror", 202],
    ["customerror", 400],
  ])("decides the status in a template: %s", async (body, status) => {
    const response = `#set($inputRoot = $input.path('$'))
$input.json("$")
#if($inputRoot.toString().contains("customerror"))
    #set($context.responseOverride.status = 400)
#else
    #set($context.responseOverride.status = 202)
#end`;
    const bench = new Bench(mapped({ response }));
    bench.answer = succeeds(JSON.stringify({ statusCode: 200, body }));

    const answer = await post(bench, "{}");

    expect([answer.status, JSON.parse(textOf(answer))]).toEqual([status, { statusCode: 200, body }]);
  });

  test("gives response headers, as do the context and constants", async () => {
    const header = (name: string) => `method.response.header.${name}`;
    const bench = new Bench(
      mapped({}, [
        {
          status_code: "200",
          response_parameters: {
            [header("Location")]: "integration.response.body.redirect.url",
            [header("Stage")]: "context.stage",
            [header("Fixed")]: "'x'",
            [header("None")]: "integration.response.body.nothing",
          },
        },
      ]),
    );
    bench.answer = succeeds('{"redirect":{"url":"https://example.org/\\r\\nSet-Cookie: a"}}');

    const answer = await post(bench, "{}");

    expect(headersOf(answer)).toMatchObject({
      location: "https://example.org/Set-Cookie: a",
      stage: "development",
      fixed: "x",
    });
    expect(headersOf(answer)).not.toHaveProperty("none");
  });
});

test.each([
  [
    "a mapped header",
    { request_parameters: { "integration.request.header.X-Amz-Invocation-Type": "'Event'" } },
  ],
  ["a template", { request: '#set($context.requestOverride.header["X-Amz-Invocation-Type"] = "Event"){}' }],
])("nobody waits for a function that %s invokes as an event", async (_name, integration) => {
  const bench = new Bench(mapped(integration));
  const events: string[] = [];
  bench.services.ports.functions.invokeAsync = ({ payload }) => {
    events.push(payload);
    return Promise.resolve("id");
  };

  const answer = await post(bench, "{}");

  expect([answer.status, events, bench.invocations]).toEqual([200, ["{}"], []]);
});

test.each([
  ["ExternalLambda1", 200, FUNCTION_ARN],
  [undefined, 500, FUNCTION_ARN.replace("ExternalLambda1", "")],
])("a stage variable names the function: %s", async (name, status, functionArn) => {
  const resources = mapped({ uri: INVOKE_ARN.replace("ExternalLambda1", "${stageVariables.fn}") });
  const variables: Values = name === undefined ? {} : { variables: { fn: name } };
  const bench = new Bench({
    ...resources,
    "aws_api_gateway_stage.stage": { ...resources["aws_api_gateway_stage.stage"], ...variables },
  });
  if (name === undefined) bench.answer = new AwsError("ResourceNotFoundException", "none", 404);

  expect((await post(bench, "{}")).status).toBe(status);
  expect(bench.invocations[0]?.functionArn).toBe(functionArn);
});

describe("a template", () => {
  test.each([
    [
      "$util.escapeJavaScript($input.path('$.s'))",
      '{"s":"it\'s \\"a/b\\"\\n é"}',
      'it\\\'s \\"a\\/b\\"\\n \\u00E9',
    ],
    ["$util.base64Encode('hi') $util.base64Decode('aGk=') $util.urlDecode('a+b%26')", "{}", "aGk= hi a b&"],
    ['$util.parseJson(\'{"k":{"arr":[1,2]}}\').k.arr[0]', "{}", "1"],
    ["$input.json('$.none') $input.json('$.a')", '{"a":"x"}', '"" "x"'],
    [
      "$input.path('$.l[*].n') $input.path('$..n') $input.path('$.l[0].n') $input.path(\"$['l'][1].n\")",
      '{"l":[{"n":1},{"n":2}]}',
      "[1,2] [1,2] 1 2",
    ],
    [
      "$input.path('$.l').size() $input.path('$.l').count() $input.path('$.l[-1:]')",
      '{"l":[1,2,3]}',
      "3 3 [3]",
    ],
    ["#set($n = 7)#set($r = $n / 2)$r #set($m = 1 + 2 * 3)$m", "{}", "3 7"],
    ['#set($x = {"a": 1, "b": [1, 2]})$x $x.keySet() $x.b.get(1)', "{}", "{a=1, b=[1, 2]} [a, b] 2"],
    ['#foreach($e in $input.path("$").entrySet())$e.key=$e.value;#end', '{"a":1,"b":"c"}', "a=1;b=c;"],
    ["#foreach($i in [1..5])#if($i == 3)#break#end$i#end", "{}", "12"],
    ["#macro(hi $n)hi $n#end#hi('x')", "{}", "hi x"],
    ["#define($d)[$v]#end#set($v = 1)$d#set($v = 2)$d", "{}", "[1][2]"],
    ["$input.path('$.s').replaceAll('[0-9]+', '#').toUpperCase()", '{"s":"a12b3"}', "A#B#"],
    ["$none $!none ${none} $none.deep.er() costs $1.50 \\$x", "{}", "    costs $1.50 $x"],
    ["a ## comment\nb #* block *# c", "{}", "a b  c"],
  ])("%s", async (template, body, printed) => {
    expect(await eventOf(template, body)).toBe(printed);
  });

  test.each([
    ["that uses itself", "#macro(a)#a()#end#a()"],
    ["that doubles a text", '#set($a="0123456789")#foreach($i in [1..60])#set($a="$a$a")#end'],
    ["that doubles a list", "#set($l=[1])#foreach($i in [1..60])$l.addAll($l)#end"],
    ["that nests lists", "#set($l=[])#foreach($i in [1..60])#set($l=[$l,$l])#end$l"],
    ["that puts a map into itself", "#set($m={})#set($m.m=$m)$m"],
    [
      "that loops in loops",
      "#foreach($i in [1..1000])#foreach($j in [1..1000])#foreach($k in [1..1000])x#end#end#end",
    ],
    ["that counts too far", "#foreach($i in [1..1000000000])x#end"],
    ["that loops over more than a thousand items", "#foreach($i in $input.path('$'))x#end"],
    ["that calls a method of JavaScript", "$input.constructor('return 1')"],
    ["that calls what there is not", "$input.body.padStart(9)"],
    ["whose pattern looks back", "$input.body.replaceAll('(a)\\1', 'b')"],
    ["that parses what is not JSON", "$util.parseJson('{')"],
    ["with a path that goes everywhere, again and again", "$input.path('$..*..*..*..*')"],
    ["with a path that is not served", "$input.path('$.a[?(@.b == 1)]')"],
  ])("%s is a 500, soon", async (_name, template) => {
    const bench = new Bench(mapped({ request: template }));

    const deep = "[".repeat(400) + "]".repeat(400);

    const answer = await post(bench, `[${"1,".repeat(1000)}${deep}]`);

    expect([answer.status, textOf(answer)]).toEqual([500, '{"message": "Internal server error"}']);
    expect(answer.decision.detail).toMatch(/^template: /);
    expect(bench.invocations).toEqual([]);
  });

  test("that is not VTL stops the start, with its place", async () => {
    const { apis } = new Bench(mapped({ request: "#if(" })).edge;

    await expect(prepareTemplates(apis)).rejects.toThrow(
      /aws_api_gateway_integration\.POST-map: request_templates for application\/json must be a template in VTL, received "#if\("/,
    );
  });
});
