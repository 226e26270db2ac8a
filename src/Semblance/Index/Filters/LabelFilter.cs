namespace Semblance;

/// <summary>Represents a filter that matches vectors with a given value of a label.</summary>
public sealed record LabelFilter : VectorFilter
{
    private readonly byte[] _key;
    private readonly byte[] _value;

    /// <summary>Initializes a new instance of the <see cref="LabelFilter"/> class.</summary>
    /// <param name="key">The name of the label.</param>
    /// <param name="value">The value of the label.</param>
    /// <exception cref="ArgumentException">The name or the value is not valid Unicode, so no record can have it.</exception>
    public LabelFilter(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        (Key, Value) = (key, value);
        _key = StoredText.Bytes(key, () => $"The name of a label to filter by ('{StoredText.Escaped(key)}')");
        _value = StoredText.Bytes(value, () => $"The value of the label '{StoredText.Escaped(key)}' to filter by");
    }

    /// <summary>Gets the name of the label.</summary>
    public string Key { get; }

    /// <summary>Gets the value of the label.</summary>
    public string Value { get; }

    /// <summary>Deconstructs the filter into the name and the value of the label.</summary>
    public void Deconstruct(out string key, out string value) => (key, value) = (Key, Value);

    /// <summary>Determines whether both filters match the same value of the same label.</summary>
    public bool Equals(LabelFilter? other) => other is not null && Key == other.Key && Value == other.Value;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Key, Value);

    internal override bool Matches(StoredRecord record) => record.HasLabel(_key, _value);
}
