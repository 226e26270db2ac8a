namespace Semblance;

/// <summary>Vectors with a label of one value.</summary>
public sealed record LabelFilter : VectorFilter
{
    private readonly byte[] _key;
    private readonly byte[] _value;

    /// <summary>Vectors whose label <paramref name="key"/> is <paramref name="value"/>.</summary>
    /// <param name="key">The label's name.</param>
    /// <param name="value">The value that it must have.</param>
    /// <exception cref="ArgumentException">The name or the value is not Unicode, so that no record has it.</exception>
    public LabelFilter(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        (Key, Value) = (key, value);
        _key = StoredText.Bytes(key, () => $"The name of a label to filter by ('{StoredText.Escaped(key)}')");
        _value = StoredText.Bytes(value, () => $"The value of the label '{StoredText.Escaped(key)}' to filter by");
    }

    /// <summary>Gets the label's name.</summary>
    public string Key { get; }

    /// <summary>Gets the value that it must have.</summary>
    public string Value { get; }

    /// <summary>Gets the name and the value.</summary>
    public void Deconstruct(out string key, out string value) => (key, value) = (Key, Value);

    /// <summary>Determines whether both filters look for the same value of the same label.</summary>
    public bool Equals(LabelFilter? other) => other is not null && Key == other.Key && Value == other.Value;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Key, Value);

    internal override bool Matches(StoredRecord record) => record.HasLabel(_key, _value);
}
