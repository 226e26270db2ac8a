using Semblance.Files.Json;

namespace Semblance.Tokenizers.Loading;

/// <summary>Represents the component types that a section of <c>tokenizer.json</c> can name in its <c>type</c>. Thread-safe.</summary>
/// <remarks>Add types of your own before you load a tokenizer that names them.</remarks>
/// <example><code>
/// Normalizer.Types.Add("Shout", json => new Shout(json.Text("mark", "!")), "mark");
/// var tokenizer = Tokenizer.Load("folder");
/// </code></example>
/// <typeparam name="T">The kind of component.</typeparam>
public sealed class ComponentTypes<T>
    where T : class
{
    private readonly Dictionary<string, Component> _types = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    internal ComponentTypes()
    {
    }

    /// <summary>Gets the names of the types, in alphabetical order.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            lock (_lock)
            {
                return [.. _types.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>Adds a type, or replaces the one with the same name.</summary>
    /// <param name="type">The name of the type in the file.</param>
    /// <param name="read">Makes the component from its section.</param>
    /// <param name="keys">
    /// The keys that <paramref name="read"/> applies, without <c>type</c>. Any other key in a file gives a warning.
    /// </param>
    /// <returns>This object.</returns>
    public ComponentTypes<T> Add(string type, Func<JsonSection, T> read, params ReadOnlySpan<string> keys) =>
        Add(type, read, new KnownKeys().Supported(keys));

    /// <summary>Adds a type, or replaces the one with the same name.</summary>
    /// <param name="type">The name of the type in the file.</param>
    /// <param name="read">Makes the component from its section.</param>
    /// <param name="keys">The keys of the section and the use of each; <c>type</c> is added.</param>
    /// <returns>This object.</returns>
    public ComponentTypes<T> Add(string type, Func<JsonSection, T> read, KnownKeys keys)
    {
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentNullException.ThrowIfNull(read);
        ArgumentNullException.ThrowIfNull(keys);
        lock (_lock)
        {
            _types[type] = new Component(read, keys.Supported("type"));
        }

        return this;
    }

    /// <summary>Returns the keys of a type and the use of each.</summary>
    /// <param name="type">The name of the type.</param>
    /// <exception cref="KeyNotFoundException">There is no such type.</exception>
    public KnownKeys KeysOf(string type) => Find(type)?.Keys ?? throw new KeyNotFoundException($"There is no component type '{type}'; add it first.");

    /// <summary>Makes the component that a section describes, and checks the keys of the section.</summary>
    /// <param name="json">The section.</param>
    /// <param name="defaultType">The type of a section that names none; <see langword="null"/> if the section must name one.</param>
    /// <exception cref="TokenizerFormatException">The type is missing or not supported, or a value is not valid.</exception>
    public T Read(JsonSection json, string? defaultType = null)
    {
        var type = json.Text("type", defaultType);
        var component = Find(type) ?? throw json.UnsupportedType(type, Names);
        return component.Read(json.Check(component.Keys));
    }

    private Component? Find(string type)
    {
        lock (_lock)
        {
            return _types.GetValueOrDefault(type);
        }
    }

    private sealed record Component(Func<JsonSection, T> Read, KnownKeys Keys);
}
