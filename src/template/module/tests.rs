//! Calls of the native Python modules beside what CPython answers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::fake::Fast;
use crate::template::{Engine, Error, Limits, Namespace, Run, Vars};

fn engine() -> Engine {
    let engine = Engine::new(|_: &str| None);
    let modules = super::python_modules().map(|name| (name, super::python_module(name).unwrap()));
    let mut modules: Vec<_> = modules.collect();
    modules.push(("os", super::python_module("os").unwrap()));
    engine.set_global("module", Namespace::value("modules", modules));
    engine
}

fn render(expression: &str) -> Result<String, Error> {
    let engine = engine();
    let template = engine.compile("t", &format!("{{{{ {expression} }}}}"))?;
    let mut out = Vec::new();
    let mut random = Fast::seeded(7);
    let run = Run {
        random: &mut random,
        vars: &Vars::default(),
        limits: Limits::default(),
        now_us: 1_772_352_000_123_456,
    };
    template.render(run, &mut out)?;
    Ok(String::from_utf8(out).unwrap())
}

#[test]
fn calls_answer_as_python_does() {
    let mut wrong = Vec::new();
    for (expression, expected) in CASES {
        match render(expression) {
            Ok(text) if text == *expected => {}
            Ok(text) => wrong.push(format!(
                "{expression}\n  ours   {text}\n  python {expected}"
            )),
            Err(error) => wrong.push(format!("{expression}\n  error {error}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn modules_that_are_not_built_in_are_told_of_beforehand() {
    let source = "{% if false %}{{ module.os.getcwd() }}{% endif %}";
    let template = engine().compile("t", source).unwrap();
    let told: Vec<_> = template.problems().iter().map(Error::to_string).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("`os` is not built in"), "{told:?}");
}

#[test]
fn wrong_calls_say_why() {
    for (expression, part) in [
        ("module.json.loads('1.')", "number"),
        (r"module.re.sub('a', '\\2', '')", "no group 2"),
        ("module.builtins.int(1.5, 10)", "only a text has a base"),
        (
            "module.ipaddress.IPv4Network('2001:db8::/32')",
            "not an IP network",
        ),
        ("module.os.getcwd()", "`script`"),
        ("module.os.sep", "not built in"),
        ("module.hashlib.md5('a')", ".encode()"),
        ("module.zoneinfo.ZoneInfo('Europe/Berln')", "Europe/Berlin"),
        ("module.json.loads('[1,')", "column 4"),
        ("module.math.sqrt(-1)", "domain"),
        ("module.math.factorial(100000000)", "too large"),
        ("module.datetime.timedelta(hour=1)", "hours"),
        (
            "module.datetime.datetime(2023, 2, 29)",
            "day is out of range",
        ),
        (
            "module.datetime.datetime(9999, 12, 31) + module.datetime.timedelta(1)",
            "out of range",
        ),
        ("module.base64.b64decode('abc')", "multiple of four"),
        ("module.re.sub('(', '', 'a')", "regular expression"),
        ("module.ipaddress.ip_network('10.0.0.1/8')", "10.0.0.0/8"),
        ("module.random.choice([])", "empty"),
    ] {
        let error = render(expression).unwrap_err().to_string();
        assert!(error.contains(part), "{expression}: {error}");
    }
}

#[test]
fn random_draws_from_the_render() {
    for expression in [
        "module.random.randint(1, 1000000)",
        "module.random.sample([1, 2, 3, 4, 5, 6, 7, 8], 8)",
        "module.random.choices('abcdefgh', k=8)",
        "module.uuid.uuid4()",
    ] {
        assert_eq!(render(expression).unwrap(), render(expression).unwrap());
    }
    assert_eq!(render("module.random.randrange(5, 6)").unwrap(), "5");
    assert_eq!(
        render("module.random.choices('ab', [0, 1], k=3)").unwrap(),
        "['b', 'b', 'b']"
    );
    assert_eq!(render("module.time.time()").unwrap(), "1772352000.123456");
}

#[rustfmt::skip]
const CASES: &[(&str, &str)] = &[
    (r"module.re.findall('\\s*', 'a b')", "['', ' ', '', '']"),
    (r"module.re.sub('x*', '-', 'abxd')", "-a-b--d-"),
    ("module.re.subn('a', 'b', 'aXa')", "('bXb', 2)"),
    (
        "module.re.finditer('(a)|(b)', 'xab') | map(attribute='lastindex') | list",
        "[1, 2]",
    ),
    ("module.re.compile('(?P<n>a)(b)').groupindex", "{'n': 1}"),
    ("module.builtins.int(' -0x1F ', 0)", "-31"),
    ("module.builtins.format(1234.5, ',.2f')", "1,234.50"),
    ("module.builtins.ascii('é')", "'\\xe9'"),
    (
        "module.uuid.UUID('12345678123456781234567812345678').fields",
        "(305419896, 4660, 22136, 18, 52, 95073701484152)",
    ),
    (
        "module.uuid.UUID('12345678123456781234567812345678').bytes_le.hex()",
        "78563412341278561234567812345678",
    ),
    ("module.ipaddress.ip_address('240.0.0.1').is_reserved", "True"),
    (
        "module.ipaddress.ip_address('10.1.2.3').reverse_pointer",
        "3.2.1.10.in-addr.arpa",
    ),
    (
        "module.ipaddress.ip_network('10.0.0.0/23').subnets() | list",
        "[IPv4Network('10.0.0.0/24'), IPv4Network('10.0.1.0/24')]",
    ),
    ("module.ipaddress.ip_network('10.0.0.0/24').supernet()", "10.0.0.0/23"),
    (
        "module.ipaddress.ip_network('10.0.0.0/8').with_netmask",
        "10.0.0.0/255.0.0.0",
    ),
    ("module.datetime.timedelta(days=1.5, seconds=0.25)", "1 day, 12:00:00.250000"),
    ("module.datetime.timedelta(seconds=100) * 1.5", "0:02:30"),
    ("module.datetime.timedelta(seconds=7) / 3", "0:00:02.333333"),
    ("module.datetime.timedelta(seconds=-7) // 2", "-1 day, 23:59:56.500000"),
    ("module.datetime.timedelta(hours=5) % module.datetime.timedelta(hours=2)", "1:00:00"),
    ("module.datetime.timedelta(microseconds=2.5) + module.datetime.timedelta(microseconds=3.5)", "0:00:00.000006"),
    ("module.datetime.datetime(2024, 2, 29, 12, 30, 15, 250000).isoformat(' ', 'milliseconds')", "2024-02-29 12:30:15.250"),
    ("module.datetime.datetime(2024, 2, 29) - module.datetime.datetime(2023, 2, 28, 1)", "365 days, 23:00:00"),
    ("module.datetime.datetime.fromtimestamp(1772352000.123456, tz=module.datetime.timezone.utc)", "2026-03-01 08:00:00.123456+00:00"),
    ("module.datetime.datetime.fromtimestamp(-1.5, tz=module.datetime.timezone.utc)", "1969-12-31 23:59:58.500000+00:00"),
    ("module.datetime.datetime.strptime('01/Mar/2026:08:00:00 +0130', '%d/%b/%Y:%H:%M:%S %z').isoformat()", "2026-03-01T08:00:00+01:30"),
    ("module.datetime.datetime.strptime('26 060 08.5 PM', '%y %j %I.%f %p')", "2026-03-01 20:00:00.500000"),
    ("module.datetime.datetime.fromisoformat('2026-W09-7T08:00:00,25-02:30').isoformat()", "2026-03-01T08:00:00.250000-02:30"),
    ("module.datetime.datetime.fromisocalendar(2020, 53, 5).date()", "2021-01-01"),
    ("module.datetime.datetime.combine(module.datetime.date(2024, 1, 2), module.datetime.time(3, 4))", "2024-01-02 03:04:00"),
    ("module.datetime.date(2024, 12, 30).isocalendar()[1]", "1"),
    ("module.datetime.date.fromordinal(739676).strftime('%a %U %W %V %G %g %C')", "Sun 09 08 09 2026 26 20"),
    ("module.datetime.date(2024, 3, 1) - module.datetime.timedelta(days=1)", "2024-02-29"),
    ("module.datetime.date(2024, 3, 1) - module.datetime.date(2023, 3, 1)", "366 days, 0:00:00"),
    ("module.datetime.time.fromisoformat('04:05:06.7').replace(hour=23)", "23:05:06.700000"),
    ("module.datetime.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=module.zoneinfo.ZoneInfo('Europe/Berlin')).astimezone(module.zoneinfo.ZoneInfo('Africa/Monrovia')).isoformat()", "2026-10-25T01:30:00+00:00"),
    ("module.datetime.datetime(1970, 1, 1, tzinfo=module.zoneinfo.ZoneInfo('Africa/Monrovia')).strftime('%z %:z %Z')", "-004430 -00:44:30 MMT"),
    ("[module.datetime.timezone(module.datetime.timedelta(hours=-3), 'X'), module.datetime.timezone.utc]", "[datetime.timezone(datetime.timedelta(days=-1, seconds=75600), 'X'), datetime.timezone.utc]"),
    ("module.datetime.datetime.isoformat(module.datetime.datetime(2020, 1, 2))", "2020-01-02T00:00:00"),
    ("module.datetime.datetime(2024, 2, 29).timetuple()", "time.struct_time(tm_year=2024, tm_mon=2, tm_mday=29, tm_hour=0, tm_min=0, tm_sec=0, tm_wday=3, tm_yday=60, tm_isdst=-1)"),
    ("module.hashlib.sha512('a'.encode()).hexdigest()[:20]", "1f40fc92da2416947509"),
    ("module.hashlib.new('sha384', 'a'.encode()).hexdigest()[:20]", "54a59b9f22b0b80880d8"),
    ("module.hashlib.md5('abc'.encode()).hexdigest()", "900150983cd24fb0d6963f7d28e17f72"),
    ("module.base64.b32encode('hello!!'.encode()).decode()", "NBSWY3DPEEQQ===="),
    ("module.base64.b32decode('NBSWY3DPEEQQ====').decode()", "hello!!"),
    ("module.base64.b16encode('hi'.encode()).decode()", "6869"),
    ("module.base64.b64decode('aGVs bG8=')", "b'hello'"),
    ("module.json.dumps({'k': [1.0, 1e300, none], 'x': {}, 't': (1,)}, separators=(',', ':'))", "{\"k\":[1.0,1e+300,null],\"x\":{},\"t\":[1]}"),
    ("module.json.dumps({'b': 'é\\n\"', 'a': '\\x7f'}, ensure_ascii=false, sort_keys=true, indent=1)", "{\n \"a\": \"\",\n \"b\": \"é\\n\\\"\"\n}"),
    ("module.json.loads('{\"a\": [1, -2.5e3, \"\\\\u00e9\\\\ud83d\\\\ude00\"], \"b\": {\"c\": null}}')", "{'a': [1, -2500.0, 'é😀'], 'b': {'c': None}}"),
    ("module.math.ceil(1e20)", "100000000000000000000"),
    ("module.math.log(1024, 2)", "10.0"),
    ("module.math.log2(8)", "3.0"),
    ("module.math.comb(10, 3)", "120"),
    ("module.math.perm(5)", "120"),
    ("module.math.factorial(25)", "15511210043330985984000000"),
    ("module.math.isqrt(10 ** 40)", "100000000000000000000"),
    ("module.math.fsum([0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])", "1.0"),
    ("module.math.lcm(4, 6)", "12"),
    ("module.math.modf(-3.25)", "(-0.25, -3.0)"),
    ("module.calendar.monthrange(2023, 2)[1]", "28"),
    ("module.calendar.timegm((2024, 2, 29, 12, 0, 0))", "1709208000"),
    ("module.calendar.leapdays(1900, 2025)", "31"),
    ("module.time.gmtime(0)[:6]", "(1970, 1, 1, 0, 0, 0)"),
    ("module.time.strftime('%Y/%m/%d', module.time.gmtime(86400))", "1970/01/02"),
    ("module.re.sub('(a)(?P<n>b)', '<\\\\g<n>\\\\1>', 'xabab', count=1)", "x<ba>ab"),
    ("module.re.findall('(a)(b)?', 'aab')", "[('a', ''), ('a', 'b')]"),
    ("module.re.split('(,)', 'a,b,c', 1)", "['a', ',', 'b,c']"),
    ("module.re.search('b+', 'aébb').span()", "(2, 4)"),
    ("module.re.compile('a.c', module.re.I).match('ABC')", "<re.Match object; span=(0, 3), match='ABC'>"),
    ("module.re.fullmatch('a|ab', 'ab').group()", "ab"),
    ("module.re.escape('a.b-c d')", "a\\.b\\-c\\ d"),
    ("module.uuid.uuid3(module.uuid.NAMESPACE_URL, 'x')", "60a7f89c-e446-309c-8b4f-460bfdfd0dee"),
    ("module.uuid.UUID(int=5, version=4)", "00000000-0000-4000-8000-000000000005"),
    ("[module.uuid.UUID('{12345678-1234-5678-9234-567812345678}').version]", "[5]"),
    ("module.string.capwords('hello wORLD')", "Hello World"),
    ("module.ipaddress.ip_network('10.0.0.7/29', strict=false)", "10.0.0.0/29"),
    ("module.builtins.list(module.ipaddress.ip_network('10.0.0.0/30').hosts())", "[IPv4Address('10.0.0.1'), IPv4Address('10.0.0.2')]"),
    ("module.ipaddress.ip_address('2001:db8::1').exploded", "2001:0db8:0000:0000:0000:0000:0000:0001"),
    ("module.ipaddress.ip_address('10.0.0.1').is_private", "True"),
    ("module.ipaddress.ip_network('192.168.0.0/255.255.0.0').num_addresses", "65536"),
    ("module.urllib.parse.quote('a b/ü?&')", "a%20b/%C3%BC%3F%26"),
    ("module.urllib.parse.unquote('a%20b%C3%BC%zz')", "a bü%zz"),
    ("module.urllib.parse.urlencode({'a b': 'c&d', 'e': [1, 2]}, true)", "a+b=c%26d&e=1&e=2"),
    ("module.builtins.int('-1_000')", "-1000"),
    ("module.builtins.int('0xff', 16)", "255"),
    ("module.builtins.int(-3.9)", "-3"),
    ("module.builtins.round(2.675, 2)", "2.67"),
    ("module.builtins.round(-2.5)", "-2"),
    ("module.builtins.round(1234, -2)", "1200"),
    ("module.builtins.sorted(['b', 'A', 'c'], reverse=true)", "['c', 'b', 'A']"),
    ("module.builtins.max([3, 9, 2])", "9"),
    ("module.builtins.dict([('a', 1)], b=2)", "{'a': 1, 'b': 2}"),
    ("module.builtins.bin(-5)", "-0b101"),
];
