using System.Text.Json;

namespace Semblance.Files.Json;

/// <summary>Represents the known keys of a settings file and the use of each, so that no setting is ignored silently.</summary>
public sealed class KnownKeys
{
    private readonly Dictionary<string, (KeyUse Use, string[] Neutral, string Supported)> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal); // from an alias to its key

    /// <summary>Gets the known keys.</summary>
    public IEnumerable<string> Names => _keys.Keys;

    /// <summary>Adds keys whose values are applied.</summary>
    /// <param name="keys">The keys.</param>
    /// <returns>This object.</returns>
    public KnownKeys Supported(params ReadOnlySpan<string> keys) => Add(KeyUse.Supported, keys);

    /// <summary>Adds keys whose values do not change results.</summary>
    /// <param name="keys">The keys.</param>
    /// <returns>This object.</returns>
    public KnownKeys Ignored(params ReadOnlySpan<string> keys) => Add(KeyUse.Ignored, keys);

    /// <summary>Adds a key that is supported only with a value that has no effect.</summary>
    /// <param name="key">The key.</param>
    /// <param name="supported">The supported case, for the message, such as "absolute positions".</param>
    /// <param name="neutral">The values without effect, as JSON; null is always one.</param>
    /// <returns>This object.</returns>
    public KnownKeys Unsupported(string key, string supported, params ReadOnlySpan<string> neutral)
    {
        _keys[key] = (KeyUse.Unsupported, neutral.ToArray(), supported);
        return this;
    }

    /// <summary>Adds an alias of a key, such as its name in older files.</summary>
    /// <param name="name">The alias.</param>
    /// <param name="key">A key that was added.</param>
    /// <returns>This object.</returns>
    public KnownKeys Alias(string name, string key)
    {
        _names[name] = key;
        _keys[name] = _keys[key];
        return this;
    }

    /// <summary>Returns the aliases of a key.</summary>
    /// <param name="key">The key.</param>
    public IEnumerable<string> NamesOf(string key) => _names.Where(name => name.Value == key).Select(name => name.Key);

    /// <summary>Returns the key of an alias; the name itself if it is not an alias.</summary>
    /// <param name="name">The name.</param>
    public string KeyOf(string name) => _names.GetValueOrDefault(name, name);

    /// <summary>Adds the keys of another kind of file; a key of this object takes precedence.</summary>
    /// <param name="other">The keys to add.</param>
    /// <returns>This object.</returns>
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

    /// <summary>Returns the use of a key, or <see langword="null"/> if it is not known.</summary>
    /// <param name="key">The key.</param>
    public KeyUse? UseOf(string key) => _keys.TryGetValue(key, out var found) ? found.Use : null;

    /// <summary>Checks an object's keys.</summary>
    /// <param name="settings">A JSON object.</param>
    /// <returns>The unknown keys, in order, and a sentence for each value that is not supported.</returns>
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
