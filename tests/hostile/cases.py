"""The cases: bytes a client sends, what it must be answered, and what may reach the service.

A case is (name, bytes, statuses, reached). `statuses` are those of the answers, in order; behind a last one of
400, 413, 414, 417, 431 or 505 the connection ends. `reached` lists (method, target, body) as the service must
have got them. The target /hidden is
what smuggling wants to have served: it must never be, and the service must never see it as a request.

The tables follow the public collections: CL.TE, TE.CL, TE.TE and CL.0 as PortSwigger named them, the
mutations of `smuggler`, llhttp's lenient flags, the grammars of RFC 9110, 9112 and 3986.
"""

HIDDEN = b"GET /p/hidden HTTP/1.1\r\nHost: a\r\n\r\n"
LINE = b"POST /p/x HTTP/1.1\r\nHost: a\r\n"
GET = b"GET /p/x HTTP/1.1\r\nHost: a\r\n"
NEXT = b"GET /p/next HTTP/1.1\r\nHost: a\r\n\r\n"
CONTROLS = [c for c in range(0x20) if c not in (0x09, 0x0A, 0x0D)] + [0x7F]
HIGH = [0x80, 0x85, 0xA0, 0xFF]
NEXT_REACHED = ("GET", "/next", b"")


def show(data):
    return data.decode("latin-1").encode("unicode_escape").decode()[:60]


def codings():
    """Transfer-Encoding in disguise, beside a Content-Length and alone."""
    te = b"Transfer-Encoding"
    lines = [te + b": chunked", te + b":chunked", te + b":\tchunked", te.upper() + b": CHUNKED",
             te.lower() + b": ChUnKeD"]
    # blanks behind it would be right, but the server's library keeps them: refused, so that nobody differs
    bad = [te + b": chunked \t", te + b": chunked ", te + b" : chunked", te + b"\t: chunked", b" " + te + b": chunked", b"\t" + te + b": chunked",
           te + b": xchunked", te + b": chunkedx", te + b": chunk", te + b": chunked,", te + b": ,chunked",
           te + b": chunked, identity", te + b": identity, chunked", te + b": identity", te + b": cow",
           te + b": chunked, cow", te + b": cow, chunked", te + b": chunked chunked", te + b": chunked;q=1",
           te + b": chunked; a", te + b": 'chunked'", te + b': "chunked"', te + b":", te + b": ", te + b": gzip",
           te + b": gzip, chunked", te + b": chunked, chunked", te + b": chunked\r\n" + te + b": chunked",
           te + b": chunked\r\n" + te + b": identity", te + b": identity\r\n" + te + b": chunked",
           te + b": chunked\r\n" + te + b": x", te + b": x\r\n" + te + b": chunked", te + b":\r\n chunked",
           te + b":\r\n\tchunked", te + b": chun\r\n ked", te + b": chunked\r\n x", te + b":\n chunked",
           te + b"\r\n: chunked", te + b"\n: chunked", b"X: X\n" + te + b": chunked", b"X: X\r" + te + b": chunked",
           b"X: X\r\n\r" + te + b": chunked", b"X: X\r\r\n" + te + b": chunked", b"X:X\n\n" + te + b": chunked",
           te + b": chunked\r", te + b": \rchunked", te + b": chunked\n", te + b": \nchunked", te + b"; : chunked",
           te + b"= chunked", te + b" chunked", b":" + te + b": chunked", b"(" + te + b"): chunked",
           b"Transfer Encoding: chunked", b"Transfer-Encoding\\: chunked", te + b": chunked\xff",
           te + b": ch\xc3\xbcnked", te + b": chunked=", te + b": c\x00hunked", te + b"\x00: chunked",
           te + b":: chunked", te + b": : chunked", te + b": @chunked", te + b": \\chunked", te + b": chunked HTTP/1.1"]
    for c in CONTROLS + HIGH:
        byte = bytes([c])
        bad += [byte + te + b": chunked", te + byte + b": chunked", te + b":" + byte + b"chunked",
                te + b": chunked" + byte]
    other = [b"Transfer_Encoding: chunked", b"X-Transfer-Encoding: chunked", b"Transfer-Encodin: chunked",
             b"Transfer-Encodings: chunked", b"Transfer.Encoding: chunked", b"TransferEncoding: chunked",
             b"TE: chunked", b"TE: trailers", b"Content-Encoding: chunked", b"X: Transfer-Encoding: chunked"]
    body = b"0\r\n\r\n" + HIDDEN
    small = b"5\r\nhello\r\n0\r\n\r\n"
    for line in lines + bad:
        yield "CL.TE " + show(line), LINE + b"Content-Length: %d\r\n" % len(body) + line + b"\r\n\r\n" + body, [400], []
        yield "TE.CL " + show(line), LINE + line + b"\r\nContent-Length: 4\r\n\r\n" + b"%x\r\n" % len(HIDDEN) + HIDDEN + b"\r\n0\r\n\r\n", [400], []
    for line in bad:
        yield "TE alone " + show(line), LINE + line + b"\r\n\r\n" + body, [400], []
    for line in lines:
        yield "chunked " + show(line), LINE + line + b"\r\n\r\n" + small + NEXT, [200, 200], [("POST", "/x", b"hello"), NEXT_REACHED]
        yield "chunked 1.0 " + show(line), LINE.replace(b"/1.1", b"/1.0") + line + b"\r\n\r\n" + small, [400], []
    for line in other:
        yield "not TE " + show(line), LINE + b"Content-Length: %d\r\n" % len(body) + line + b"\r\n\r\n" + body + NEXT, [200, 200], [("POST", "/x", body), NEXT_REACHED]


def lengths():
    values = [b"", b" ", b"+5", b"-5", b"-0", b"+0", b"5,5", b"5, 5", b"5,6", b"5 5", b"0x5", b"5x", b"x5", b"5;", b"5.0",
              b"5e0", b"'5'", b'"5"', b"5\x0b", b"\x0b5", b"\x0c5", b"5\x00", b"\x005", b"5\xa0", b"\xa05", b"\xef\xbc\x95",
              b"1_0", b"5_", b"(5)", b"5,", b",5", b"five", b"99999999999999999999", b"18446744073709551616",
              b"18446744073709551621", b"4294967296" * 3, b"9223372036854775808", b"5\r", b"5\n", b"5\r\n 6", b"\r\n 5", b"5 \r\n\t0", b"5 ", b" 5 \t"]
    for value in values:
        yield "CL " + show(value), LINE + b"Content-Length: " + value + b"\r\n\r\n" + HIDDEN, [400], []
    pairs = [(b"5", b"5"), (b"0", b"5"), (b"5", b"0"), (b"5", b"6"), (b"", b"5"), (b"5", b""), (b"5", b"x"), (b"0", b"%d" % len(HIDDEN))]
    for first, second in pairs:
        for name in (b"Content-Length", b"content-length", b"CONTENT-LENGTH"):
            yield f"CL twice {show(first)} {show(second)} {show(name)}", LINE + b"Content-Length: " + first + b"\r\n" + name + b": " + second + b"\r\n\r\n" + HIDDEN, [400], []
    names = [b"Content-Length ", b" Content-Length", b"Content-Length\t", b"Content Length", b"Content-Length\x00", b"Content-Length\x0b",
             b"\x00Content-Length", b"Content-Length\xa0", b"Content-Length\r", b"Content-Length\n"]
    for name in names:
        yield "CL name " + show(name), LINE + name + b": 5\r\n\r\n" + HIDDEN, [400], []
    for value in (b"5", b"05", b"0000000005", b"\t5", b"   5"):
        yield "CL good " + show(value), LINE + b"Content-Length:" + value + b"\r\n\r\nhello" + NEXT, [200, 200], [("POST", "/x", b"hello"), NEXT_REACHED]
    for name in (b"Content_Length", b"X-Content-Length", b"Content-Lengt", b"ContentLength"):
        yield "not CL " + show(name), LINE + name + b": 5\r\n\r\n" + NEXT, [200, 200], [("POST", "/x", b""), NEXT_REACHED]
    for method in (b"GET", b"DELETE", b"OPTIONS", b"PUT", b"PATCH"):
        yield "CL.0 " + show(method), method + b" /p/x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN + NEXT, [200, 200], [(method.decode(), "/x", HIDDEN), NEXT_REACHED]
        yield "CL.0 unread " + show(method), method + b" /none HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN + NEXT, [404, 200], [NEXT_REACHED]
        yield "TE.0 unread " + show(method), method + b" /none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(HIDDEN) + HIDDEN + b"\r\n0\r\n\r\n" + NEXT, [404, 200], [NEXT_REACHED]
    yield "CL.0 composed", b"POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN + NEXT, [200, 200], [("GET", "/called", b""), NEXT_REACHED]


def chunks():
    head = LINE + b"Transfer-Encoding: chunked\r\n\r\n"
    good = [(b"5\r\nhello\r\n0\r\n\r\n", b"hello"), (b"0\r\n\r\n", b""), (b"00000005\r\nhello\r\n00000000\r\n\r\n", b"hello"),
            (b"5;a\r\nhello\r\n0\r\n\r\n", b"hello"), (b"5;a=b\r\nhello\r\n0;c\r\n\r\n", b"hello"), (b'5;a="b;c"\r\nhello\r\n0\r\n\r\n', b"hello"),
            (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"), (b"a\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
            (b"1\r\nh\r\n4\r\nello\r\n0\r\n\r\n", b"hello"), (b"5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"hello"),
            (b"5\r\nhello\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\nHost: b\r\n\r\n", b"hello"),
            (b"5;\xe4\r\nhello\r\n0\r\n\r\n", b"hello"), (b"5; a = b\r\nhello\r\n0\r\n\r\n", b"hello"),
            (b"%x\r\n" % len(HIDDEN) + HIDDEN + b"\r\n0\r\n\r\n", HIDDEN), (b"2\r\n\r\n\r\n0\r\n\r\n", b"\r\n"),
            (b"5;" + b"a" * 200 + b"\r\nhello\r\n0\r\n\r\n", b"hello"), (b"1\r\n\x00\r\n0\r\n\r\n", b"\x00")]
    for text, body in good:
        yield "chunks good " + show(text), head + text + NEXT, [200, 200], [("POST", "/x", body), NEXT_REACHED]
    bad = [b"\r\n", b" 5\r\nhello\r\n0\r\n\r\n", b"5 \r\nhello\r\n0\r\n\r\n", b"\t5\r\nhello\r\n0\r\n\r\n", b"5\t\r\nhello\r\n0\r\n\r\n", b"+5\r\nhello\r\n0\r\n\r\n",
           b"-5\r\nhello\r\n0\r\n\r\n", b"0x5\r\nhello\r\n0\r\n\r\n", b"0X5\r\nhello\r\n0\r\n\r\n", b"x5\r\nhello\r\n", b"5x\r\nhello\r\n", b"5h\r\nhello\r\n",
           b"g\r\nhello\r\n", b"5_0\r\nhello\r\n", b"5.0\r\nhello\r\n", b"5,\r\nhello\r\n", b"5\x00\r\nhello\r\n", b"\x005\r\nhello\r\n", b"5\x0b\r\nhello\r\n",
           b"5\xa0\r\nhello\r\n", b"5\nhello\r\n0\r\n\r\n", b"5\rhello\r\n0\r\n\r\n", b"5\r\rhello\r\n0\r\n\r\n", b"5\r\nhello\n0\r\n\r\n", b"5\r\nhello\r0\r\n\r\n",
           b"5\r\nhello0\r\n\r\n", b"5\r\nhelloX\r\n0\r\n\r\n", b"5\r\nhelloXX0\r\n\r\n", b"5\r\nhello\r\n\r\n0\r\n\r\n", b"4\r\nhello\r\n0\r\n\r\n", b"6\r\nhello\r\n0\r\n\r\n",
           b"5\r\nhello\r\n0\n\r\n", b"5\r\nhello\r\n0\r\n\n", b"5\r\nhello\r\n0\r\r\n", b"5\r\nhello\r\n0 \r\n\r\n", b"5\r\nhello\r\n-0\r\n\r\n", b"5\r\nhello\r\n0\r\nX\r\n\r\n",
           b"5\r\nhello\r\n0\r\n X: y\r\n\r\n", b"5\r\nhello\r\n0\r\nX : y\r\n\r\n", b"5\r\nhello\r\n0\r\nX: y\n\r\n", b"5\r\nhello\r\n0\r\nX: y\r\n z\r\n\r\n",
           b"5\r\nhello\r\n0\r\nX: \x00\r\n\r\n", b"5\r\nhello\r\n0\r\n: y\r\n\r\n", b"5;\n\r\nhello\r\n0\r\n\r\n", b"5;a\nb\r\nhello\r\n0\r\n\r\n", b"5;a\rb\r\nhello\r\n0\r\n\r\n",
           b"5;a\x00\r\nhello\r\n0\r\n\r\n", b"5 ;a\r\nhello\r\n0\r\n\r\n", b";a\r\nhello\r\n0\r\n\r\n", b"000000005\r\nhello\r\n0\r\n\r\n", b"fffffffff\r\n",
           b"100000000\r\n", b"ffffffffffffffff\r\n", b"8000000000000005\r\nhello\r\n", b"10000000000000005\r\nhello\r\n", b"5;" + b"a" * 300 + b"\r\nhello\r\n0\r\n\r\n",
           b"5\r\nhello\r\n0\r\n" + b"X" * 9000, b"0" * 4000, b"5;" + b";" * 20000]
    for text in bad:
        status = 431 if b"X" * 9000 in text else 400
        yield "chunks bad " + show(text), head + text + HIDDEN, [status], []
    for text in (b"7fffffff\r\n", b"ffffffff\r\n"):
        yield "chunks too long " + show(text), head + text, [413], []
    yield "trailers many", head + b"0\r\n" + b"X: y\r\n" * 150 + b"\r\n", [431], []


def fields():
    for c in CONTROLS:
        byte = bytes([c])
        yield f"value with {c:#04x}", GET + b"X: a" + byte + b"b\r\n\r\n", [400], []
        yield f"value ends with {c:#04x}", GET + b"X: a" + byte + b"\r\n\r\n", [400], []
        yield f"value begins with {c:#04x}", GET + b"X: " + byte + b"a\r\n\r\n", [400], []
        yield f"name with {c:#04x}", GET + b"X" + byte + b"Y: a\r\n\r\n", [400], []
    for c in b' \t"(),/;<=>?@[\\]{}\x80\xa0\xff':
        byte = bytes([c])
        yield f"name with {c:#04x}", GET + b"X" + byte + b"Y: a\r\n\r\n", [400], []
        yield f"name ends with {c:#04x}", GET + b"X" + byte + b": a\r\n\r\n", [400], []
        yield f"name begins with {c:#04x}", GET + byte + b"X: a\r\n\r\n", [400], []
    for line in (b"X", b"X Y", b":", b": a", b"X\r\n\tY: a", b"X: a\r\n b", b"X: a\r\n\tb", b"X: a\r\n ", b"X: a\r\n \r\n b", b"X: a\nY: b", b"X: a\rY: b",
                 b"X: a\n\rY: b", b"X: a\r\r", b"X: a\n", b"X: a\n\n", b"\rX: a", b"\nX: a", b"X: a\r\n\rY: b", b"X: a\r\n\n", b"GET /hidden HTTP/1.1"):
        yield "field line " + show(line), GET + line + b"\r\n\r\n", [400], []
    for end in (b"\n", b"\r", b"\n\n", b"\r\r\n", b"\n\r\n", b"\r \n", b" \r\n", b"\t\r\n", b"\x00\r\n"):
        yield "head ends with " + show(end), GET + end + HIDDEN, [400], []
    for line in (b"X:", b"X: ", b"X:a", b"X:\ta\t", b"X: \x80\xff", b"X: a\tb", b"X: \"a\\\"b\"", b"!#$%&'*+-.^_`|~: a", b"X: " + b"a" * 8000, b"X: :::"):
        yield "field good " + show(line), GET + line + b"\r\n\r\n" + NEXT, [200, 200], [("GET", "/x", b""), NEXT_REACHED]
    yield "all with bare LF", b"GET /p/hidden HTTP/1.1\nHost: a\n\n", [400], []
    yield "100 fields", GET + b"".join(b"X%d: y\r\n" % i for i in range(99)) + b"\r\n", [200], [("GET", "/x", b"")]
    yield "101 fields", GET + b"".join(b"X%d: y\r\n" % i for i in range(100)) + b"\r\n", [431], []
    yield "a thousand fields", GET + b"X: y\r\n" * 1000 + b"\r\n", [431], []
    yield "a field of 20 KB", GET + b"X: " + b"y" * 20000 + b"\r\n\r\n", [431], []
    yield "a name of 20 KB", GET + b"X" * 20000 + b": y\r\n\r\n", [431], []
    yield "a head without end", GET + b"X: " + b"y" * 300000, [431], []
    yield "1500 cookies", GET + b"Cookie: " + b"a=b; " * 1500 + b"\r\n\r\n", [431], []
    yield "100 cookies", GET + b"Cookie: " + b"a=b; " * 100 + b"\r\n\r\n", [200], [("GET", "/x", b"")]
    yield "cookies in many fields", GET + b"Cookie: a=b; c=d\r\n" * 90 + b"\r\n", [200], [("GET", "/x", b"")]
    for name in (b"Expect", b"expect"):
        yield "expectation " + show(name), GET + name + b": something\r\n\r\n", [417], []
        yield "expectation twice " + show(name), GET + name + b": 100-continue\r\n" + name + b": x\r\n\r\n", [417], []


def request_lines():
    rest = b"\r\nHost: a\r\n\r\n"
    for c in CONTROLS + HIGH:
        byte = bytes([c])
        yield f"method with {c:#04x}", b"G" + byte + b"T /p/x HTTP/1.1" + rest, [400], []
        yield f"target with {c:#04x}", b"GET /p/" + byte + b"x HTTP/1.1" + rest, [400], []
        yield f"version with {c:#04x}", b"GET /p/x HTTP/1.1" + byte + rest, [400], []
        yield f"blank is {c:#04x}", b"GET" + byte + b"/p/x HTTP/1.1" + rest, [400], []
        yield f"before the method {c:#04x}", byte + b"GET /p/x HTTP/1.1" + rest, [400], []
    for line in (b"GET  /p/x HTTP/1.1", b"GET\t/p/x HTTP/1.1", b"GET /p/x  HTTP/1.1", b"GET /p/x\tHTTP/1.1", b"GET /p/x HTTP/1.1 ", b"GET /p/x HTTP/1.1\t",
                 b"GET /p/x HTTP/1.1 x", b"GET /p/x y HTTP/1.1", b" GET /p/x HTTP/1.1", b"\tGET /p/x HTTP/1.1", b"GET", b"GET ", b"GET /p/x", b"GET /p/x ",
                 b"GET /p/x HTTP", b"GET /p/x HTTP/", b"GET /p/x HTTP/1", b"GET /p/x HTTP/1.", b"GET /p/x HTTP/.1", b"GET /p/x HTTP/11", b"GET /p/x HTTP/1.10",
                 b"GET /p/x HTTP/01.1", b"GET /p/x HTTP/1,1", b"GET /p/x HTTP 1.1", b"GET /p/x HTTPS/1.1", b"GET /p/x http/1.1", b"GET /p/x Http/1.1", b"GET /p/x HTTP/-1.1",
                 b"GET /p/x HTTP/+1.1", b"GET /p/x HTTP/1.x", b"GET /p/x ICE/1.0", b"GET /p/x RTSP/1.0", b"HTTP/1.1 200 OK", b"GET HTTP/1.1 /p/x", b"/p/x GET HTTP/1.1",
                 b"GET p/x HTTP/1.1", b"GET x HTTP/1.1", b"GET \\p\\x HTTP/1.1", b"GET ?x HTTP/1.1", b"GET #x HTTP/1.1", b"GET /p/x#y HTTP/1.1", b"GET a:80 HTTP/1.1",
                 b"GET * HTTP/1.1", b"CONNECT a:80 HTTP/1.1", b"CONNECT * HTTP/1.1", b"GET ftp://a/ HTTP/1.1", b"GET file:///etc/passwd HTTP/1.1", b"GET http:/p/x HTTP/1.1",
                 b"GET http:///p/x HTTP/1.1", b"GET http://a HTTP/1.1", b"GET http://a?x HTTP/1.1", b"GET http://b@a/p/x HTTP/1.1", b"GET http://a,b/p/x HTTP/1.1",
                 b"G\"T /p/x HTTP/1.1", b"(GET) /p/x HTTP/1.1", b"GET:/p/x HTTP/1.1", b"GET, /p/x HTTP/1.1", b"\"GET /p/x HTTP/1.1\"", b"GET /p/\"x HTTP/1.1\r\n X: y"):
        yield "line " + show(line), line + rest, [400], []
    for target in (b"//p/x\\y", b"/p/%", b"/p/%2", b"/p/%zz", b"/p/%00", b"/p/\\x", b"/p/%0", b"/p/x%", b"/p/%u0041", b"/p/%-1"):
        yield "target " + show(target), b"GET " + target + b" HTTP/1.1" + rest + NEXT, [400, 200], [NEXT_REACHED]
    for version in (b"0.9", b"1.2", b"1.9", b"2.0", b"3.0", b"9.9", b"0.0", b"0.1"):
        yield "version " + show(version), b"GET /p/x HTTP/" + version + rest, [505], []
    yield "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505], []
    for method in (b"TRACE", b"FOO", b"get", b"Get", b"PROPFIND", b"M-SEARCH", b"GETX", b"CONNECT", b"TRACK", b"DEBUG", b"PRI", b"SOURCE", b"QUERY"):
        yield "method " + show(method), method + b" /p/x HTTP/1.1" + rest + NEXT, [501, 200], [NEXT_REACHED]
    yield "a long method", b"X" * 40 + b" /p/x HTTP/1.1" + rest, [501], []
    yield "a method without end", b"X" * 40000, [501], []
    yield "a target of 20 KB", b"GET /" + b"x" * 20000 + b" HTTP/1.1" + rest, [414], []
    yield "a target without end", b"GET /" + b"x" * 200000, [414], []
    yield "TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400], []
    yield "one LF", b"\n" + NEXT, [400], []
    yield "two empty lines", b"\r\n\r\n" + NEXT, [400], []
    yield "CR alone", b"\r" + NEXT, [400], []
    yield "one empty line", b"\r\n" + NEXT, [200], [NEXT_REACHED]
    yield "an empty line behind a body", LINE + b"Content-Length: 2\r\n\r\nab\r\n" + NEXT, [200, 200], [("POST", "/x", b"ab"), NEXT_REACHED]
    yield "3000 arguments", b"GET /p/x?" + b"a=b&" * 3000 + b" HTTP/1.1" + rest + NEXT, [200, 200], [("GET", "/x?" + "a=b&" * 3000, b""), NEXT_REACHED]
    yield "an odd query", b"GET /p/x?&&=&?a=%&b=%zz&c HTTP/1.1" + rest + NEXT, [200, 200], [("GET", "/x?&&=&?a=%&b=%zz&c", b""), NEXT_REACHED]
    yield "an empty query", b"GET /p/x? HTTP/1.1" + rest + NEXT, [200, 200], [("GET", "/x?", b""), NEXT_REACHED]
    yield "dot segments", b"GET /p/y/../x HTTP/1.1" + rest, [200], [("GET", "/x", b"")]
    yield "a separator that is data", b"GET /p/a%2Fb HTTP/1.1" + rest, [200], [("GET", "/a%2Fb", b"")]


def hosts():
    for host in (b"", b" ", b"a b", b"a,b", b"a/b", b"a\\b", b"b@a", b"a:b", b"a:80:80", b"a:-1", b"a:+80", b"a:99999", b"a:80a", b"[::1", b"::1]", b"a?b", b"a#b", b"http://a",
                 b"a\x00", b"a\xff", b"a\r\n b", b"a;b", b"(a)", b"<a>", b"[", b":80", b"a\tb"):
        yield "Host " + show(host), b"GET /p/x HTTP/1.1\r\nHost: " + host + b"\r\n\r\n", [400], []
    yield "no Host", b"GET /p/x HTTP/1.1\r\n\r\n", [400], []
    yield "no Host in 1.0", b"GET /p/x HTTP/1.0\r\n\r\n", [400], []
    for second in (b"Host: a", b"Host: b", b"host: a", b"HOST: b", b"Host:"):
        yield "two " + show(second), b"GET /p/x HTTP/1.1\r\nHost: a\r\n" + second + b"\r\n\r\n", [400], []
    for name in (b"Host ", b" Host", b"Host\t", b"\tHost", b"Ho st", b"Host\x00", b"\xef\xbb\xbfHost"):
        yield "Host as " + show(name), b"GET /p/x HTTP/1.1\r\n" + name + b": a\r\n\r\n", [400], []
        yield "a second Host as " + show(name), b"GET /p/x HTTP/1.1\r\nHost: a\r\n" + name + b": b\r\n\r\n", [400], []
    yield "absolute without Host", b"GET http://a/p/x HTTP/1.1\r\n\r\n", [400], []
    yield "absolute, two hosts", b"GET http://a/p/x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400], []
    yield "absolute wins", b"GET http://a/p/x HTTP/1.1\r\nHost: b\r\n\r\n" + NEXT, [200, 200], [("GET", "/x", b""), NEXT_REACHED]
    for host in (b"a", b"A", b"a.b", b"a:80", b"a:", b"127.0.0.1", b"[::1]", b"[::1]:80", b"a_b", b"xn--a", b"a-b.c:8080"):
        yield "Host good " + show(host), b"GET /p/x HTTP/1.1\r\nHost: " + host + b"\r\n\r\n" + NEXT, [200, 200], [("GET", "/x", b""), NEXT_REACHED]


def connections():
    upgrade = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
    get = ("GET", "/x", b"")
    yield "h2c is not taken up", GET + upgrade + b"\r\n" + NEXT, [200, 200], [get, NEXT_REACHED]
    yield "h2c with a body", LINE + upgrade + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN + NEXT, [200, 200], [("POST", "/x", HIDDEN), NEXT_REACHED]
    yield "an upgrade nobody allowed", GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n" + NEXT, [200, 200], [get, NEXT_REACHED]
    yield "close, and something behind it", GET + b"Connection: close\r\n\r\n" + HIDDEN, [200], [get]
    yield "close in a list", GET + b"Connection: x, Close\r\n\r\n" + HIDDEN, [200], [get]
    yield "close, and garbage behind it", GET + b"Connection: close\r\n\r\n\x00\x01\n\n", [200], [get]
    yield "1.0, and something behind it", GET.replace(b"/1.1", b"/1.0") + b"\r\n" + HIDDEN, [200], [get]
    yield "Connection names Host", GET + b"Connection: host, content-length\r\n\r\n" + NEXT, [200, 200], [get, NEXT_REACHED]
    yield "Connection names Content-Length", LINE + b"Connection: content-length\r\nContent-Length: 5\r\n\r\nhello" + NEXT, [200, 200], [("POST", "/x", b"hello"), NEXT_REACHED]
    bad = b"GET /p/hidden HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r\n"
    for count in (1, 2, 5):
        yield f"{count} good, then a bad one", (GET + b"\r\n") * count + bad, [200] * count + [400], [get] * count
        yield f"{count} good, then half a bad one", (GET + b"\r\n") * count + bad[:40], [200] * count + [400], [get] * count
        yield f"{count} good, then garbage", (GET + b"\r\n") * count + b"\x00" * 50, [200] * count + [400], [get] * count
        yield f"{count} bodies, then bad framing", (LINE + b"Content-Length: 2\r\n\r\nab") * count + LINE + b"Content-Length: 1, 1\r\n\r\nx", [200] * count + [400], [("POST", "/x", b"ab")] * count
        yield f"{count} in chunks, then a bad chunk", (LINE + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n") * count + LINE + b"Transfer-Encoding: chunked\r\n\r\n1\na", [200] * count + [400], [("POST", "/x", b"a")] * count
        yield f"{count} here, then a bad one", b"GET /here HTTP/1.1\r\nHost: a\r\n\r\n" * count + bad, [200] * count + [400], []
    yield "a bad one, then good ones", bad + NEXT * 5, [400], []
    yield "too large, then good ones", LINE + b"Content-Length: 1000000000\r\n\r\n" + NEXT * 5, [413], []
    yield "asked first, not there", b"POST /none HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n", [404], []
    yield "asked first, too large", LINE + b"Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n", [413], []
    yield "HEAD with a body", b"HEAD /none HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN, [404], []


def all_cases():
    for table in (codings, lengths, chunks, fields, request_lines, hosts, connections):
        for case in table():
            yield case
