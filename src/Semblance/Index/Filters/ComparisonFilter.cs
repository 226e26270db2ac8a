using System.Globalization;

namespace Semblance;

/// <summary>
/// Represents a filter that compares the value of a label with a given value. A vector without the label, or with a label that is not a
/// number where numbers are compared, does not match.
/// </summary>
/// <remarks>
/// Texts are compared by code points, as ISO 8601 dates of one format are in their order. Numbers are compared by value: <c>10</c> is
/// greater than <c>9.5</c>.
/// </remarks>
public sealed record ComparisonFilter : VectorFilter
{
    private readonly byte[] _key;
    private readonly byte[] _value;
    private readonly double _number;

    /// <summary>Initializes a new instance of the <see cref="ComparisonFilter"/> class that compares texts by code points.</summary>
    /// <param name="key">The name of the label.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="value">The value to compare with.</param>
    /// <exception cref="ArgumentException">The name or the value is not valid Unicode, or the comparison is not defined.</exception>
    public ComparisonFilter(string key, LabelComparison comparison, string value)
        : this(key, comparison, value, isNumber: false)
    {
    }

    /// <summary>Initializes a new instance of the <see cref="ComparisonFilter"/> class that compares numbers.</summary>
    /// <param name="key">The name of the label.</param>
    /// <param name="comparison">The comparison.</param>
    /// <param name="value">The value to compare with, finite.</param>
    /// <exception cref="ArgumentException">
    /// The name is not valid Unicode, the value is not finite, or the comparison is not defined.
    /// </exception>
    public ComparisonFilter(string key, LabelComparison comparison, double value)
        : this(key, comparison, value.ToString("R", CultureInfo.InvariantCulture), isNumber: true)
    {
    }

    /// <inheritdoc cref="ComparisonFilter(string, LabelComparison, double)"/>
    public ComparisonFilter(string key, LabelComparison comparison, decimal value)
        : this(key, comparison, value.ToString(CultureInfo.InvariantCulture), isNumber: true)
    {
    }

    private ComparisonFilter(string key, LabelComparison comparison, string value, bool isNumber)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        if (!Enum.IsDefined(comparison))
        {
            throw new ArgumentOutOfRangeException(nameof(comparison), comparison, "There is no such comparison.");
        }

        (Key, Comparison, Value, IsNumber) = (key, comparison, value, isNumber);
        _key = StoredText.Bytes(key, () => $"The name of a label to filter by ('{StoredText.Escaped(key)}')");
        _value = StoredText.Bytes(value, () => $"The value of the label '{StoredText.Escaped(key)}' to filter by");
        if (isNumber && !IsFinite(_value, out _number))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A number to compare with must be finite.");
        }
    }

    /// <summary>Gets the name of the label.</summary>
    public string Key { get; }

    /// <summary>Gets the comparison.</summary>
    public LabelComparison Comparison { get; }

    /// <summary>Gets the value to compare with, a number in the invariant culture if numbers are compared.</summary>
    public string Value { get; }

    /// <summary>Gets a value that indicates whether numbers are compared; otherwise, texts are.</summary>
    public bool IsNumber { get; }

    /// <summary>Determines whether both filters compare the same label with the same value.</summary>
    public bool Equals(ComparisonFilter? other) =>
        other is not null && (Key, Comparison, Value, IsNumber) == (other.Key, other.Comparison, other.Value, other.IsNumber);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Key, Comparison, Value, IsNumber);

    internal override bool Matches(StoredRecord record)
    {
        if (!record.TryGetLabel(_key, out var label))
        {
            return false;
        }

        int order;
        if (!IsNumber)
        {
            order = label.SequenceCompareTo(_value); // the order of UTF-8 bytes is that of code points
        }
        else if (IsFinite(label, out var number))
        {
            order = number.CompareTo(_number);
            if (order == 0 && decimal.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact)
                && decimal.TryParse(_value, NumberStyles.Float, CultureInfo.InvariantCulture, out var other))
            {
                order = exact.CompareTo(other); // more digits than a double has
            }
        }
        else
        {
            return false;
        }

        return Comparison switch
        {
            LabelComparison.Less => order < 0,
            LabelComparison.LessOrEqual => order <= 0,
            LabelComparison.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private static bool IsFinite(ReadOnlySpan<byte> text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
