using System.Runtime.CompilerServices;
using System.Text.Json;
using Semblance.Files.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>
/// Represents a value in a JSON file of a tokenizer, with its position for error messages. A component reads its settings from it.
/// </summary>
public readonly struct JsonSection
{
    /// <summary>The error for a vocabulary that exceeds the capacity of a trie.</summary>
    internal const string TooMuchText = "the vocabulary has more text than a tokenizer can hold (2^24 distinct prefixes); is this a vocabulary?";

    private const int MostParts = 256; // published tokenizers have at most ten

    private const int Largest = Trie.Limit - 1;

    private readonly JsonElement _element;
    private readonly string _parent;
    private readonly int _index; // in an array; -1 if the parent is the whole position
    private readonly LoadingWarnings? _warnings;

    internal JsonSection(JsonElement element, string path, LoadingWarnings? warnings = null)
        : this(element, path, -1, warnings)
    {
    }

    private JsonSection(JsonElement element, string parent, int index, LoadingWarnings? warnings) =>
        (_element, _parent, _index, _warnings) = (element, parent, index, warnings);

    // Put together when it is needed: a vocabulary has tens of thousands of items, and errors name one.
    private string Position => _index < 0 ? _parent : $"{_parent}[{_index}]";

    /// <summary>Gets the value.</summary>
    public JsonElement Element => _element;

    /// <summary>Returns an exception for an error at this value.</summary>
    /// <param name="message">The error, without the position and a period at the end.</param>
    public TokenizerFormatException Error(string message) => new($"{Position}: {message}.");

    internal TokenizerFormatException UnsupportedType(string type, IEnumerable<string> supported) =>
        new($"{Position} type '{type}' is not supported; supported are {string.Join(", ", supported)}.");

    /// <summary>Returns a member of this object, or <see langword="null"/> if it is missing or null.</summary>
    /// <param name="name">The name of the member.</param>
    /// <exception cref="TokenizerFormatException">The value is not an object.</exception>
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

    /// <summary>Returns another value at the position of a member.</summary>
    internal JsonSection Replaced(string name, JsonElement value) => new(value, Join(name), _warnings);

    /// <summary>Adds a warning about this value to the warnings of the tokenizer.</summary>
    /// <param name="message">The warning, without the position and a period at the end.</param>
    public void Warn(string message) => _warnings?.Add($"{Position}: {message}.");

    /// <summary>Checks the keys of this object: adds a warning for each unknown key.</summary>
    /// <param name="keys">The known keys.</param>
    /// <param name="others">Returns whether another key is known; <see langword="null"/> for no other keys.</param>
    /// <returns>This value.</returns>
    /// <exception cref="TokenizerFormatException">A value is not supported.</exception>
    public JsonSection Check(KnownKeys keys, Func<JsonProperty, bool>? others = null)
    {
        if (_element.ValueKind != JsonValueKind.Object)
        {
            return this; // the reader reports what was expected
        }

        var (unknown, faults) = keys.Check(_element);
        if (faults.Count > 0)
        {
            throw Error(string.Join("; ", faults));
        }

        HashSet<string> known = others is null || unknown.Count == 0
            ? []
            : [.. _element.EnumerateObject().Where(others).Select(member => member.Name)];
        foreach (var name in unknown.Where(name => !known.Contains(name)))
        {
            Warn($"the key '{name}' is not known and was ignored");
        }

        return this;
    }

    /// <summary>Returns a member of this object.</summary>
    /// <param name="name">The name of the member.</param>
    /// <exception cref="TokenizerFormatException">The member is missing or null.</exception>
    public JsonSection Required(string name) => Optional(name) ?? throw Error($"'{name}' is missing");

    /// <summary>Returns whether this object has a member, including one that is null.</summary>
    /// <param name="name">The name of the member.</param>
    public bool Has(string name) => _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(name, out _);

    /// <summary>Returns a member that is a string.</summary>
    /// <param name="name">The name of the member.</param>
    /// <param name="fallback">The value if the member is missing; <see langword="null"/> if it is required.</param>
    /// <exception cref="TokenizerFormatException">The member is missing or not a string.</exception>
    public string Text(string name, string? fallback = null) =>
        Optional(name) is { } value ? value.Text() : fallback ?? throw Error($"'{name}' is missing");

    /// <summary>Returns a member that is true or false.</summary>
    /// <param name="name">The name of the member.</param>
    /// <param name="fallback">The value if the member is missing.</param>
    /// <exception cref="TokenizerFormatException">The member is neither true nor false.</exception>
    public bool Flag(string name, bool fallback) => Optional(name) is not { } value ? fallback : value.Flag();

    /// <summary>Returns a member that is an integer from 0 to 2^24 - 1.</summary>
    /// <param name="name">The name of the member.</param>
    /// <param name="fallback">The value if the member is missing.</param>
    /// <exception cref="TokenizerFormatException">The member is not such an integer.</exception>
    public int Number(string name, int fallback) => Optional(name) is { } value ? value.TokenId() : fallback;

    /// <summary>Returns this string.</summary>
    /// <exception cref="TokenizerFormatException">The value is not a string.</exception>
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

    /// <summary>Returns this string, or <see langword="null"/> if the value is not a string.</summary>
    public string? TextOrNull() => _element.ValueKind == JsonValueKind.String ? Text() : null;

    /// <summary>Returns this number, or <see langword="null"/> if the value is not a number.</summary>
    public double? NumberOrNull() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetDouble(out var number) ? number : null;

    /// <summary>Returns this integer from 0 to 2^24 - 1: an id, or another small number.</summary>
    /// <exception cref="TokenizerFormatException">The value is not such an integer.</exception>
    public int TokenId() =>
        _element.ValueKind == JsonValueKind.Number && _element.TryGetInt32(out var number) && number is >= 0 and <= Largest
        ? number
        : throw Error($"found {Shown()}, expected a whole number from 0 to {Largest}");

    /// <summary>Gets the number of items of this array, or of members of this object; 0 for another value.</summary>
    internal int Count => _element.ValueKind switch
    {
        JsonValueKind.Array => _element.GetArrayLength(),
        JsonValueKind.Object => _element.GetPropertyCount(),
        _ => 0,
    };

    /// <summary>Returns the items of this array.</summary>
    /// <exception cref="TokenizerFormatException">The value is not an array.</exception>
    public IEnumerable<JsonSection> Items()
    {
        if (_element.ValueKind != JsonValueKind.Array)
        {
            throw Error($"found {Shown()}, expected an array");
        }

        var (at, to) = (Position, _warnings);
        return _element.EnumerateArray().Select((item, index) => new JsonSection(item, at, index, to));
    }

    /// <summary>Returns the two items of this array, with its position; <see langword="null"/> if it is not an array of two items.</summary>
    internal (JsonSection First, JsonSection Second)? Pair() =>
        _element.ValueKind == JsonValueKind.Array && _element.GetArrayLength() == 2
            ? (new JsonSection(_element[0], _parent, _index, _warnings), new JsonSection(_element[1], _parent, _index, _warnings))
            : null;

    /// <summary>Returns the parts of a sequence of components.</summary>
    /// <param name="name">The name of the member with the parts, and of the parts of a nested sequence.</param>
    /// <exception cref="TokenizerFormatException">The member is missing or not an array, or there are more than 256 parts.</exception>
    public IEnumerable<JsonSection> Parts(string name)
    {
        var list = Required(name);
        return CountParts(list.Element, name) is var count and > MostParts
            ? throw list.Error($"found {count} parts, expected at most {MostParts}")
            : list.Items();

        static int CountParts(JsonElement list, string name) => list.ValueKind != JsonValueKind.Array
            ? 0
            : list.EnumerateArray()
                .Sum(part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty(name, out var inner) ? 1 + CountParts(inner, name) : 1);
    }

    /// <summary>Returns the members of this object with their names.</summary>
    /// <exception cref="TokenizerFormatException">The value is not an object.</exception>
    public IEnumerable<(string Name, JsonSection Value)> Members()
    {
        if (_element.ValueKind != JsonValueKind.Object)
        {
            throw Error($"found {Shown()}, expected an object");
        }

        var (section, path, to) = (this, Join("…"), _warnings);
        return _element.EnumerateObject().Select(member => (section.NameOf(member), new JsonSection(member.Value, path, to)));
    }

    /// <summary>Returns the id in a member <c>[token, id]</c>.</summary>
    internal int TokenAndId(string name) =>
        Required(name) is var value && value.Pair() is (_, var id) ? id.TokenId() : throw value.Error("expected [token, id]");

    /// <summary>Reads this object from tokens to ids into <paramref name="trie"/>; returns the token of each id.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // the longest loop of loading, which runs once
    internal string?[] TokenIds(Trie trie)
    {
        const int SmallGap = 1 << 20;
        var tokens = new List<string?>();
        var count = Count;
        var largest = Math.Max(SmallGap, 16 * Math.Min(count, Trie.Limit));
        foreach (var (token, value) in Members())
        {
            var id = value.TokenId();
            if (id > largest)
            {
                throw Error($"the id {id} of '{token}' leaves gaps: the vocabulary has {count} tokens, expected ids up to {largest}");
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

    /// <summary>
    /// Returns the position of a member: the file and the name at the top level (<c>…/tokenizer.json: normalizer</c>), then the path.
    /// </summary>
    private string Join(string name) =>
        Position is var path && path.EndsWith(".json", StringComparison.Ordinal) ? $"{path}: {name}" : $"{path}.{name}";

    private string Shown() => _element.GetRawText() is { Length: <= 40 } text ? text : _element.GetRawText()[..40] + "…";
}
