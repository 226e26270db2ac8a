using System.Globalization;
using System.Text.RegularExpressions;

namespace Semblance.ChatTemplates;

/// <summary>Parses the expressions of a chat template into functions of its variables; null represents Jinja's undefined value.</summary>
internal sealed partial class TemplateExpression
{
    private const string Filters = "default, first, last, length, list, map, selectattr, trim";

    private const int MostTokens = 200; // deeper nesting than in any real template could overflow the stack

    private readonly string[] _tokens;
    private readonly string _source;
    private readonly Func<string, Exception> _fault;
    private int _next;

    private TemplateExpression(string source, Func<string, Exception> fault)
    {
        (_source, _fault) = (source, fault);
        _tokens = [.. Tokens().Matches(source).Select(token => token.Value)];
    }

    private string? Next => _next < _tokens.Length ? _tokens[_next] : null;

    /// <summary>Parses an expression.</summary>
    /// <param name="source">The source of the expression.</param>
    /// <param name="fault">Returns the exception for a problem.</param>
    public static Func<TemplateScope, object?> Read(string source, Func<string, Exception> fault)
    {
        var reader = new TemplateExpression(source, fault);
        var value = reader._tokens.Length <= MostTokens ? reader.Or() : throw reader.Fault();
        if (reader.Next is not null)
        {
            throw reader.Fault();
        }

        return scope =>
        {
            scope.Charge(reader._tokens.Length + (source.Length / 32)); // long names are looked up
            return value(scope);
        };
    }

    /// <summary>Returns the text of a value as a template prints it.</summary>
    public static string Show(object? value) => value switch
    {
        null => "",
        bool truth => truth ? "True" : "False",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Returns a value that indicates whether a value counts as true: empty, zero and undefined values do not.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or false or "" or 0L => false,
        IReadOnlyCollection<object?> list => list.Count > 0,
        _ => true,
    };

    private Func<TemplateScope, object?> Or()
    {
        var left = And();
        while (Take("or"))
        {
            var (first, second) = (left, And());
            left = scope => first(scope) is var value && IsTrue(value) ? value : second(scope);
        }

        return left;
    }

    private Func<TemplateScope, object?> And()
    {
        var left = Not();
        while (Take("and"))
        {
            var (first, second) = (left, Not());
            left = scope => first(scope) is var value && IsTrue(value) ? second(scope) : value;
        }

        return left;
    }

    private Func<TemplateScope, object?> Not()
    {
        if (!Take("not"))
        {
            return Comparison();
        }

        var value = Not();
        return scope => !IsTrue(value(scope));
    }

    private Func<TemplateScope, object?> Comparison()
    {
        var left = Sum();
        while (Next is "==" or "!=")
        {
            var (same, first) = (_tokens[_next++] == "==", left);
            var second = Sum();
            left = scope => AreEqual(scope, first(scope), second(scope)) == same;
        }

        return left;
    }

    // + joins texts and adds numbers; ~ joins values of any type.
    private Func<TemplateScope, object?> Sum()
    {
        var left = Postfix();
        while (Next is "+" or "~")
        {
            var (adds, first) = (_tokens[_next++] == "+", left);
            var second = Postfix();
            left = scope => (first(scope), second(scope)) switch
            {
                (long a, long b) when adds => a + b,
                var (a, b) when !adds || (a is string && b is string) => Joined(scope, Show(a), Show(b)),
                _ => throw _fault($"'{_source}' adds values that are neither two texts nor two numbers"),
            };
        }

        return left;

        static string Joined(TemplateScope scope, string a, string b)
        {
            scope.Charge((long)a.Length + b.Length);
            return a + b;
        }
    }

    private Func<TemplateScope, object?> Postfix()
    {
        var value = Primary();
        while (true)
        {
            var inner = value;
            if (Take("."))
            {
                var name = Name();
                value = scope => Part(inner(scope), name);
            }
            else if (Take("["))
            {
                var key = Or();
                Expect("]");
                value = scope => Part(inner(scope), key(scope));
            }
            else if (Take("|"))
            {
                value = Filter(inner);
            }
            else if (Take("is"))
            {
                var wanted = !Take("not");
                Expect("defined");
                value = scope => inner(scope) is not null == wanted;
            }
            else
            {
                return value;
            }
        }
    }

    private Func<TemplateScope, object?> Primary()
    {
        if (Take("("))
        {
            var value = Or();
            Expect(")");
            return value;
        }

        var token = Next ?? throw Fault();
        _next++;
        object? constant = token.Length > 1 && token[0] is ('\'' or '"') ? Unescape(token[1..^1])
            : long.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : token is "true" or "True" ? true
            : token is "false" or "False" ? false
            : null;
        return constant is not null ? _ => constant
            : char.IsLetter(token[0]) || token[0] == '_' ? scope => scope[token]
            : throw Fault();
    }

    private Func<TemplateScope, object?> Filter(Func<TemplateScope, object?> input)
    {
        var name = Name();
        var arguments = new List<(string? Name, Func<TemplateScope, object?> Value)>();
        if (Take("("))
        {
            while (!Take(")"))
            {
                var named = _next + 1 < _tokens.Length && _tokens[_next + 1] == "=" ? Name() : null;
                _next += named is null ? 0 : 1;
                arguments.Add((named, Or()));
                if (Next != ")")
                {
                    Expect(",");
                }
            }
        }

        return (name, arguments) switch
        {
            ("default", [(null, var fallback)]) => scope => input(scope) ?? fallback(scope),
            ("first", []) => scope => List(scope, input(scope)) is [var first, ..] ? first : null,
            ("last", []) => scope => List(scope, input(scope)) is [.., var last] ? last : null,
            ("length", []) => scope => input(scope) is var value && value is string text ? (long)text.Length : List(scope, value).Count,
            ("list", []) => scope => List(scope, input(scope)),
            ("trim", []) => scope => Trimmed(scope, Show(input(scope))),
            ("map", [("attribute", var attribute)]) => scope =>
                List(scope, input(scope)).Select(item => Part(item, attribute(scope))).ToArray(),
            ("selectattr", [(null, var attribute), (null, var test), (null, var wanted)]) => scope =>
                test(scope) is "eq" or "equalto" or "=="
                ? List(scope, input(scope)).Where(item => AreEqual(scope, Part(item, attribute(scope)), wanted(scope))).ToArray()
                : throw Fault(),
            _ => throw _fault($"the filter '{name}' in '{_source}' is not supported with these arguments; supported are {Filters}"),
        };
    }

    private object? Part(object? value, object? key) => (value, key) switch
    {
        (IReadOnlyDictionary<string, object?> members, string name) => members.GetValueOrDefault(name),
        (IReadOnlyList<object?> list, long and >= 0 and var index) => index < list.Count ? list[(int)index] : null,
        _ => throw _fault($"'{_source}' gets '{key}' from a value without parts"),
    };

    private IReadOnlyList<object?> List(TemplateScope scope, object? value)
    {
        var list = value as IReadOnlyList<object?> ?? throw _fault($"'{_source}' iterates over a value that is not a list");
        scope.Charge(1 + list.Count);
        return list;
    }

    private static string Trimmed(TemplateScope scope, string text)
    {
        scope.Charge(text.Length);
        return text.Trim();
    }

    private static bool AreEqual(TemplateScope scope, object? a, object? b)
    {
        scope.Charge(a is string text ? 1 + text.Length : 1);
        return Equals(a, b);
    }

    private bool Take(string token)
    {
        var isNext = Next == token;
        _next += isNext ? 1 : 0;
        return isNext;
    }

    private void Expect(string token) => _ = Take(token) ? true : throw Fault();

    private string Name() => Next is { } name && (char.IsLetter(name[0]) || name[0] == '_') ? _tokens[_next++] : throw Fault();

    private Exception Fault() => _fault($"the expression '{_source}' is not supported");

    private static string Unescape(string text) => Escape().Replace(text, escape => escape.Value[1] switch
    {
        'n' => "\n",
        't' => "\t",
        'r' => "\r",
        'u' when escape.Length > 2 =>
            ((char)int.Parse(escape.Value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
        var character => character.ToString(),
    });

    [GeneratedRegex("""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\d+|\w+|==|!=|[^\s\w]""")]
    private static partial Regex Tokens();

    [GeneratedRegex(@"(?s)\\(?:u[0-9a-fA-F]{4}|.)")]
    private static partial Regex Escape();
}
