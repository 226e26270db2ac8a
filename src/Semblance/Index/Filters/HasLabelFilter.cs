namespace Semblance;

/// <summary>Represents a filter that matches vectors that have a label, whatever its value.</summary>
public sealed record HasLabelFilter : VectorFilter
{
    private readonly byte[] _key;

    /// <summary>Initializes a new instance of the <see cref="HasLabelFilter"/> class.</summary>
    /// <param name="key">The name of the label.</param>
    /// <exception cref="ArgumentException">The name is not valid Unicode, so no record can have it.</exception>
    public HasLabelFilter(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        Key = key;
        _key = StoredText.Bytes(key, () => $"The name of a label to filter by ('{StoredText.Escaped(key)}')");
    }

    /// <summary>Gets the name of the label.</summary>
    public string Key { get; }

    /// <summary>Determines whether both filters match the same label.</summary>
    public bool Equals(HasLabelFilter? other) => other is not null && Key == other.Key;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(nameof(HasLabelFilter), Key);

    internal override bool Matches(StoredRecord record) => record.TryGetLabel(_key, out _);
}
