using System.Text.Json;

namespace Semblance.Files.Json;

/// <summary>The keys of one kind of settings file, and what becomes of each, so that no setting is dropped silently.</summary>
public sealed class KnownKeys
{
    private readonly Dictionary<string, (KeyUse Use, string[] Neutral, string Supported)> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal); // of keys by their other names

    /// <summary>Gets the known keys.</summary>
    public IEnumerable<string> Names => _keys.Keys;

    /// <summary>Adds keys whose values are applied.</summary>
    public KnownKeys Honoured(params ReadOnlySpan<string> keys) => Add(KeyUse.Honoured, keys);

    /// <summary>Adds keys whose values change no result.</summary>
    public KnownKeys Ignored(params ReadOnlySpan<string> keys) => Add(KeyUse.Ignored, keys);

    /// <summary>Adds a key that is supported only with a value that has no effect.</summary>
    /// <param name="key">The key.</param>
    /// <param name="supported">What is supported, for the message, such as "absolute positions".</param>
    /// <param name="neutral">The values without effect, as JSON; null is always one.</param>
    public KnownKeys Unsupported(string key, string supported, params ReadOnlySpan<string> neutral)
    {
        _keys[key] = (KeyUse.Unsupported, neutral.ToArray(), supported);
        return this;
    }

    /// <summary>Adds another name of a key, such as the one that older files have.</summary>
    /// <param name="name">The other name.</param>
    /// <param name="key">A key that was added.</param>
    public KnownKeys Alias(string name, string key)
    {
        _names[name] = key;
        _keys[name] = _keys[key];
        return this;
    }

    /// <summary>Returns the other names of a key.</summary>
    public IEnumerable<string> NamesOf(string key) => _names.Where(name => name.Value == key).Select(name => name.Key);

    /// <summary>Returns the key that a name stands for; the name itself where it is no other name.</summary>
    public string KeyOf(string name) => _names.GetValueOrDefault(name, name);

    /// <summary>Adds the keys of another kind of file; a key of this one wins.</summary>
    public KnownKeys With(KnownKeys other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var (name, key) in other._names)
        {
            _names.TryAdd(name, key);
        }

        foreach (var (key, use) in other._keys)
        {
            _keys.TryAdd(key, use);
        }

        return this;
    }

    /// <summary>Returns what becomes of a key; null where it is not known.</summary>
    public KeyUse? UseOf(string key) => _keys.TryGetValue(key, out var found) ? found.Use : null;

    /// <summary>Checks an object's keys.</summary>
    /// <param name="settings">A JSON object.</param>
    /// <returns>The keys that are not known, in order, and a sentence for each value that is not supported.</returns>
    public (IReadOnlyList<string> Unknown, IReadOnlyList<string> Faults) Check(JsonElement settings)
    {
        var (unknown, faults) = (new List<string>(), new List<string>());
        foreach (var member in settings.EnumerateObject())
        {
            if (!_keys.TryGetValue(member.Name, out var key))
            {
                unknown.Add(member.Name);
            }
            else if (key.Use == KeyUse.Unsupported && member.Value.ValueKind != JsonValueKind.Null
                && !key.Neutral.Any(value => JsonElement.DeepEquals(JsonElement.Parse(value), member.Value)))
            {
                faults.Add($"'{member.Name}' is {Shown(member.Value)}, which is not supported; supported: {key.Supported}");
            }
        }

        return (unknown, faults);
    }

    private static string Shown(JsonElement value) => value.GetRawText() is { Length: <= 60 } text ? text : value.GetRawText()[..60] + "…";

    private KnownKeys Add(KeyUse use, ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            _keys[key] = (use, [], "");
        }

        return this;
    }
}
