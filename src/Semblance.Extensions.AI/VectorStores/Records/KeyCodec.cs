namespace Semblance.Extensions.AI;

/// <summary>Converts the keys of records to ids of an index and back.</summary>
internal static class KeyCodec
{
    public const string SupportedTypes = "string, Guid, int and long";

    /// <summary>Returns a value that indicates whether keys of a type are supported.</summary>
    public static bool Supports(Type type) =>
        type == typeof(string) || type == typeof(Guid) || type == typeof(int) || type == typeof(long);

    /// <summary>Converts a key to an id.</summary>
    /// <exception cref="ArgumentException">The key has another type than the key property.</exception>
    public static VectorId Encode(object? key, Type type)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.GetType() != type
            ? throw new ArgumentException(
                $"The key '{key}' is a {key.GetType().Name}, but the key property of the collection is a {type.Name}.", nameof(key))
            : key switch
            {
                string text => text,
                Guid guid => guid.ToString("D"),
                int number => number,
                long number => number,
                _ => throw new NotSupportedException($"Keys of the type {type} are not supported; use {SupportedTypes}."),
            };
    }

    /// <summary>Converts an id to a key.</summary>
    /// <exception cref="FormatException">The id is not one of a key of the type.</exception>
    public static object Decode(VectorId id, Type type) => (id.Text, type) switch
    {
        ({ } text, _) when type == typeof(string) => text,
        ({ } text, _) when type == typeof(Guid) && Guid.TryParse(text, out var guid) => guid,
        (null, _) when type == typeof(int) && id.Number is >= int.MinValue and <= int.MaxValue => (int)id.Number,
        (null, _) when type == typeof(long) => id.Number,
        _ => throw new FormatException($"The id '{id}' of the index is not a key of the type {type.Name}."),
    };
}
