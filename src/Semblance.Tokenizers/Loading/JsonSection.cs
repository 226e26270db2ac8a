using System.Runtime.CompilerServices;
using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>A value in a JSON file, which knows where it stands for the sake of error messages and collects warnings.</summary>
public readonly struct JsonSection
{
    /// <summary>The error for a vocabulary beyond what a trie can hold.</summary>
    internal const string TooMuchText = "the vocabulary has more text than a tokenizer can hold (2^24 distinct prefixes); is this a vocabulary?";

    private const int MostParts = 256; // published tokenizers have up to ten

    private const int Largest = Trie.Limit - 1;

    private readonly JsonElement _element;
    private readonly string _path;
    private readonly LoadingWarnings? _warnings;

    internal JsonSection(JsonElement element, string path, LoadingWarnings? warnings = null) => (_element, _path, _warnings) = (element, path, warnings);

    /// <summary>The value itself.</summary>
    public JsonElement Element => _element;

    /// <summary>An error at this place.</summary>
    public TokenizerFormatException Error(string message) => new($"{_path}: {message}.");

    internal TokenizerFormatException UnsupportedType(string type, IEnumerable<string> supported) =>
        new($"{_path} type '{type}' is not supported; supported are {string.Join(", ", supported)}.");

    /// <summary>The member of an object, or null where it is absent or null.</summary>
    public JsonSection? Optional(string name)
    {
        if (_element.ValueKind != JsonValueKind.Object)
        {
            throw Error($"found {Shown()}, expected an object with '{name}'");
        }

        return _element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null
            ? new JsonSection(value, Join(name), _warnings)
            : null;
    }

    /// <summary>Another value in the place of a member.</summary>
    internal JsonSection Replaced(string name, JsonElement value) => new(value, Join(name), _warnings);

    /// <summary>Warns of something at this place that is no error.</summary>
    public void Warn(string message) => _warnings?.Add($"{_path}: {message}.");

    /// <summary>Checks the keys of this object: warns of those that are not known and refuses values that are not supported.</summary>
    /// <param name="keys">The known keys.</param>
    /// <param name="others">What else is known.</param>
    public JsonSection Check(KnownKeys keys, Func<JsonProperty, bool>? others = null)
    {
        if (_element.ValueKind != JsonValueKind.Object)
        {
            return this; // whoever reads it says what was expected
        }

        var (unknown, faults) = keys.Check(_element);
        if (faults.Count > 0)
        {
            throw Error(string.Join("; ", faults));
        }

        HashSet<string> known = others is null || unknown.Count == 0 ? [] : [.. _element.EnumerateObject().Where(others).Select(member => member.Name)];
        foreach (var name in unknown.Where(name => !known.Contains(name)))
        {
            Warn($"the key '{name}' is not known and was ignored");
        }

        return this;
    }

    /// <summary>The member of an object.</summary>
    public JsonSection Required(string name) => Optional(name) ?? throw Error($"'{name}' is missing");

    /// <summary>True if the object has the member, be it null.</summary>
    public bool Has(string name) => _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(name, out _);

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
        if (_element.ValueKind != JsonValueKind.String)
        {
            throw Error($"found {Shown()}, expected a text");
        }

        try
        {
            return _element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("found half of a surrogate pair, expected valid Unicode");
        }
    }

    /// <summary>This text, or null if it is none.</summary>
    public string? TextOrNull() => _element.ValueKind == JsonValueKind.String ? Text() : null;

    /// <summary>This number, or null if it is none.</summary>
    public double? NumberOrNull() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetDouble(out var number) ? number : null;

    /// <summary>This number, which is an id or as small.</summary>
    public int TokenId() => _element.ValueKind == JsonValueKind.Number && _element.TryGetInt32(out var number) && number is >= 0 and <= Largest
        ? number
        : throw Error($"found {Shown()}, expected a whole number from 0 to {Largest}");

    /// <summary>The items of this array.</summary>
    public IEnumerable<JsonSection> Items()
    {
        if (_element.ValueKind != JsonValueKind.Array)
        {
            throw Error($"found {Shown()}, expected an array");
        }

        var (at, to) = (_path, _warnings);
        return _element.EnumerateArray().Select((item, index) => new JsonSection(item, $"{at}[{index}]", to));
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
        if (_element.ValueKind != JsonValueKind.Object)
        {
            throw Error($"found {Shown()}, expected an object");
        }

        var (section, path, to) = (this, Join("…"), _warnings);
        return _element.EnumerateObject().Select(member => (section.NameOf(member), new JsonSection(member.Value, path, to)));
    }

    /// <summary>The id in a member <c>[token, id]</c>.</summary>
    internal int TokenAndId(string name) =>
        Required(name) is var value && value.Items().ToArray() is [_, var id] ? id.TokenId() : throw value.Error("expected [token, id]");

    /// <summary>Reads this object of tokens and their ids into <paramref name="trie"/>; the result has the token of each id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // the longest loop of loading, which runs once
    internal string?[] TokenIds(Trie trie)
    {
        const int SmallGap = 1 << 20;
        var tokens = new List<string?>();
        var largest = Math.Max(SmallGap, 16 * Math.Min(_element.ValueKind == JsonValueKind.Object ? _element.GetPropertyCount() : 0, Trie.Limit));
        foreach (var (token, value) in Members())
        {
            var id = value.TokenId();
            if (id > largest)
            {
                throw Error($"the id {id} of '{token}' leaves gaps: the vocabulary has {_element.GetPropertyCount()} tokens, expected ids up to {largest}");
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

    private bool Flag() => _element.ValueKind switch
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
    private string Join(string name) => _path.EndsWith(".json", StringComparison.Ordinal) ? $"{_path}: {name}" : $"{_path}.{name}";

    private string Shown() => _element.GetRawText() is { Length: <= 40 } text ? text : _element.GetRawText()[..40] + "…";
}
