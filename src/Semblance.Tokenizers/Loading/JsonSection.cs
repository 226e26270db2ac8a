using System.Runtime.CompilerServices;
using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>A value in a JSON file, which knows where it stands for the sake of error messages and collects warnings.</summary>
internal readonly struct JsonSection(JsonElement element, string path, LoadingWarnings? warnings = null)
{
    /// <summary>The error for a vocabulary beyond what a trie can hold.</summary>
    public const string TooMuchText = "the vocabulary has more text than a tokenizer can hold (2^24 distinct prefixes); is this a vocabulary?";

    private const int MostParts = 256; // published tokenizers have up to ten

    private const int Largest = Trie.Limit - 1;

    /// <summary>The value itself.</summary>
    public JsonElement Element => element;

    /// <summary>An error at this place.</summary>
    public TokenizerFormatException Error(string message) => new($"{path}: {message}.");

    /// <summary>The member of an object, or null where it is absent or null.</summary>
    public JsonSection? Optional(string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Error($"found {Shown()}, expected an object with '{name}'");
        }

        return element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonSection(value, Join(name), warnings)
            : null;
    }

    /// <summary>Another value in the place of a member.</summary>
    public JsonSection Replaced(string name, JsonElement value) => new(value, Join(name), warnings);

    /// <summary>Warns of something at this place that is no error.</summary>
    public void Warn(string message) => warnings?.Add($"{path}: {message}.");

    /// <summary>Checks the keys of this object: warns of those that are not known and refuses values that are not supported.</summary>
    /// <param name="keys">The known keys.</param>
    /// <param name="others">What else is known.</param>
    public JsonSection Check(KnownKeys keys, Func<JsonProperty, bool>? others = null)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return this; // whoever reads it says what was expected
        }

        var (unknown, faults) = keys.Check(element);
        if (faults.Count > 0)
        {
            throw Error(string.Join("; ", faults));
        }

        HashSet<string> known = others is null || unknown.Count == 0 ? [] : [.. element.EnumerateObject().Where(others).Select(member => member.Name)];
        foreach (var name in unknown.Where(name => !known.Contains(name)))
        {
            Warn($"the key '{name}' is not known and was ignored");
        }

        return this;
    }

    /// <summary>The member of an object.</summary>
    public JsonSection Required(string name) => Optional(name) ?? throw Error($"'{name}' is missing");

    /// <summary>True if the object has the member, be it null.</summary>
    public bool Has(string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);

    /// <summary>The type of this component, whose keys are checked.</summary>
    /// <param name="types">The supported types and their keys.</param>
    /// <param name="usual">The type where none is named; null if one must be.</param>
    public string Type(IReadOnlyDictionary<string, KnownKeys> types, string? usual = null)
    {
        var type = Text("type", usual);
        if (!types.TryGetValue(type, out var keys))
        {
            throw new TokenizerFormatException($"{path} type '{type}' is not supported; supported are {string.Join(", ", types.Keys)}.");
        }

        Check(keys);
        return type;
    }

    /// <summary>A member that is a text.</summary>
    public string Text(string name, string? fallback = null) =>
        Optional(name) is { } value ? value.Text() : fallback ?? throw Error($"'{name}' is missing");

    /// <summary>A member that is true or false.</summary>
    public bool Flag(string name, bool fallback) => Optional(name) is not { } value ? fallback : value.Flag();

    /// <summary>A member that is a whole number from 0 to 2^24 - 1.</summary>
    public int Number(string name, int fallback) => Optional(name) is { } value ? value.TokenId() : fallback;

    /// <summary>This text.</summary>
    public string Text()
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            throw Error($"found {Shown()}, expected a text");
        }

        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("found half of a surrogate pair, expected valid Unicode");
        }
    }

    /// <summary>This text, or null if it is none.</summary>
    public string? TextOrNull() => element.ValueKind == JsonValueKind.String ? Text() : null;

    /// <summary>This number, or null if it is none.</summary>
    public double? NumberOrNull() =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var number) ? number : null;

    /// <summary>This number, which is an id or as small.</summary>
    public int TokenId() => element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var number) && number is >= 0 and <= Largest
        ? number
        : throw Error($"found {Shown()}, expected a whole number from 0 to {Largest}");

    /// <summary>The items of this array.</summary>
    public IEnumerable<JsonSection> Items()
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            throw Error($"found {Shown()}, expected an array");
        }

        var (at, to) = (path, warnings);
        return element.EnumerateArray().Select((item, index) => new JsonSection(item, $"{at}[{index}]", to));
    }

    /// <summary>The parts of a sequence, each of which goes over the whole text.</summary>
    /// <param name="name">The list, which a part that is a sequence has under the same name.</param>
    /// <exception cref="TokenizerFormatException">There is no such list, or it has too many parts.</exception>
    public IEnumerable<JsonSection> Parts(string name)
    {
        var list = Required(name);
        return Count(list.Element, name) is var count and > MostParts ? throw list.Error($"found {count} parts, expected at most {MostParts}") : list.Items();

        static int Count(JsonElement list, string name) => list.ValueKind != JsonValueKind.Array
            ? 0
            : list.EnumerateArray().Sum(part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var inner) ? 1 + Count(inner, name) : 1);
    }

    /// <summary>The members of this object, by name.</summary>
    public IEnumerable<(string Name, JsonSection Value)> Members()
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw Error($"found {Shown()}, expected an object");
        }

        var (section, path, to) = (this, Join("…"), warnings);
        return element.EnumerateObject().Select(member => (section.NameOf(member), new JsonSection(member.Value, path, to)));
    }

    /// <summary>The id in a member <c>[token, id]</c>.</summary>
    public int TokenAndId(string name) =>
        Required(name) is var value && value.Items().ToArray() is [_, var id] ? id.TokenId() : throw value.Error("expected [token, id]");

    /// <summary>Reads this object of tokens and their ids into <paramref name="trie"/>; the result has the token of each id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // the longest loop of loading, which runs once
    public string?[] TokenIds(Trie trie)
    {
        const int SmallGap = 1 << 20;
        var tokens = new List<string?>();
        var largest = Math.Max(SmallGap, 16 * Math.Min(element.ValueKind == JsonValueKind.Object ? element.GetPropertyCount() : 0, Trie.Limit));
        foreach (var (token, value) in Members())
        {
            var id = value.TokenId();
            if (id > largest)
            {
                throw Error($"the id {id} of '{token}' leaves gaps: the vocabulary has {element.GetPropertyCount()} tokens, expected ids up to {largest}");
            }

            while (tokens.Count <= id)
            {
                tokens.Add(null);
            }

            tokens[id] = token;
            if (!trie.Add(token, id))
            {
                throw Error(TooMuchText);
            }
        }

        return [.. tokens];
    }

    private bool Flag() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"found {Shown()}, expected true or false"),
    };

    private string NameOf(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw Error("found half of a surrogate pair in a name, expected valid Unicode");
        }
    }

    /// <summary>The file and the member's name for what lies at its top: <c>…/tokenizer.json: normalizer</c>.</summary>
    private string Join(string name) => path.EndsWith(".json", StringComparison.Ordinal) ? $"{path}: {name}" : $"{path}.{name}";

    private string Shown() => element.GetRawText() is { Length: <= 40 } text ? text : element.GetRawText()[..40] + "…";
}
