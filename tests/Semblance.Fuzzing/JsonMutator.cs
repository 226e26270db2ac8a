using System.Text;
using System.Text.Json;

namespace Semblance.Fuzzing;

/// <summary>Changes one value of a JSON document; the result need not be valid.</summary>
internal sealed class JsonMutator(Random random)
{
    private static readonly string[] Values =
    [
        "null", "true", "false", "0", "1", "-1", "0.5", "2", "3", "255", "16777215", "16777216", "2147483647", "2147483648", "-2147483648", "4294967296",
        "9223372036854775807", "1e19", "1e308", "-1e308", "1e-320", "1e400", "NaN", "Infinity", "\"\"", "\" \"", "\"a\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udfff\\ud800\"",
        "\"..\"", "\".\"", "\"/\"", "\"\uFFFD\"", "\"\U0001F600\"", "\"\u0301\"", "\"\u2581\"", "\"NaN\"", "[]", "{}", "[null]", "[[]]", "{\"\": null}",
        "\"(a+)+$\"", "\"\\\\s+(?!\\\\S)|.\"", "\"(?:a|a)*b\"", "\"(x*)*\"", "\"[\"", "\"a{1000}{1000}\"", "\"(?<=a)b|\\\\s*\\\\n\"",
    ];

    private JsonElement[] _nodes = [];
    private int _target;
    private int _visited;
    private int _kind;

    /// <summary>The changed document, or null if there was none.</summary>
    public byte[]? Mutate(byte[] content)
    {
        try
        {
            using var document = JsonDocument.Parse(content);
            var nodes = new List<JsonElement>();
            Collect(document.RootElement, nodes);
            _nodes = [.. nodes];
            (_target, _visited, _kind) = (random.Next(_nodes.Length), 0, random.Next(12));
            var result = new StringBuilder();
            Write(document.RootElement, null, result);
            return Encoding.UTF8.GetBytes(result.ToString());
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // an earlier change made it invalid
        }
    }

    private static void Collect(JsonElement element, List<JsonElement> nodes)
    {
        nodes.Add(element);
        foreach (var child in Children(element))
        {
            Collect(child, nodes);
        }
    }

    private static IEnumerable<JsonElement> Children(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().Select(member => member.Value),
        JsonValueKind.Array => element.EnumerateArray(),
        _ => [],
    };

    /// <summary>Writes a value with the name before it; the one that is to be changed comes out otherwise.</summary>
    private void Write(JsonElement element, string? name, StringBuilder result)
    {
        var isTarget = _visited++ == _target;
        var start = result.Length;
        if (result.Length > 0 && result[^1] is not ('[' or '{' or ':'))
        {
            result.Append(',');
        }

        var key = name is null ? "" : $"{name}:";
        if (isTarget && _kind < 7)
        {
            _visited += Count(element) - 1;
            if (_kind == 0)
            {
                result.Length = start; // left out
                return;
            }

            result.Append(_kind == 6 && name is not null ? $"{Other(JsonValueKind.String)}:" : key).Append(Changed(element, key));
            return;
        }

        result.Append(key);
        WriteContent(element, result);
        if (isTarget && _kind < 10)
        {
            var copies = Math.Min(random.Next(1, 1000), 1 + (65536 / element.GetRawText().Length));
            for (var i = 0; i < (_kind == 7 ? 1 : copies); i++)
            {
                result.Append(',').Append(key).Append(_kind == 9 ? Other(element.ValueKind) : element.GetRawText());
            }
        }
    }

    private void WriteContent(JsonElement element, StringBuilder result)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                result.Append('{');
                foreach (var member in element.EnumerateObject())
                {
                    Write(member.Value, JsonSerializer.Serialize(member.Name), result);
                }

                result.Append('}');
                break;
            case JsonValueKind.Array:
                result.Append('[');
                foreach (var item in element.EnumerateArray())
                {
                    Write(item, null, result);
                }

                result.Append(']');
                break;
            default:
                result.Append(element.GetRawText());
                break;
        }
    }

    private string Changed(JsonElement element, string key) => _kind switch
    {
        1 => Values[random.Next(Values.Length)],
        2 => Other(element.ValueKind),
        3 => _nodes[random.Next(_nodes.Length)].GetRawText(),
        4 => Nested(element, key),
        5 when element.ValueKind == JsonValueKind.String => ChangedText(element),
        5 when element.ValueKind == JsonValueKind.Number => $"{(random.Next(2) > 0 ? "-" : "")}{random.NextInt64(1L << random.Next(1, 63))}{(random.Next(4) == 0 ? ".5" : "")}",
        6 => element.GetRawText(),
        _ => Values[random.Next(Values.Length)],
    };

    private string Other(JsonValueKind kind)
    {
        var alike = _nodes.Where(node => node.ValueKind == kind).ToArray();
        return alike.Length == 0 ? "null" : alike[random.Next(alike.Length)].GetRawText();
    }

    /// <summary>The value in itself, or in arrays, some levels deep.</summary>
    private string Nested(JsonElement element, string key)
    {
        var (depth, text) = (random.Next(1, 80), element.GetRawText());
        var isInside = element.ValueKind == JsonValueKind.Object && key.Length > 0 && random.Next(2) > 0;
        return isInside
            ? string.Concat(Enumerable.Repeat($"{{{key}", depth)) + text + new string('}', depth)
            : new string('[', depth) + text + new string(']', depth);
    }

    private string ChangedText(JsonElement element)
    {
        var text = element.GetString()!;
        var at = random.Next(text.Length + 1);
        return JsonSerializer.Serialize(random.Next(5) switch
        {
            0 => text[..at],
            1 => text[at..],
            2 => text[..at] + (char)random.Next(1, random.Next(2) > 0 ? 128 : 0xD7FF) + text[at..],
            3 => string.Concat(Enumerable.Repeat(text, Math.Min(random.Next(1, 3000), 1 + (65536 / Math.Max(1, text.Length))))),
            _ => new string(text.Length > 0 ? text[at == text.Length ? 0 : at] : 'a', random.Next(1, 5000)),
        });
    }

    private static int Count(JsonElement element) => 1 + Children(element).Sum(Count);
}
