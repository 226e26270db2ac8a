using System.Globalization;

namespace Semblance;

/// <summary>What a vector is called in an index: a number or a text. <c>42</c> and <c>"42"</c> are different ids.</summary>
public readonly record struct VectorId
{
    private readonly string? _text;
    private readonly long _number;

    /// <summary>An id that is a number.</summary>
    public VectorId(long number) => _number = number;

    /// <summary>An id that is a text.</summary>
    public VectorId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>The text, or null where the id is a number.</summary>
    public string? Text => _text;

    /// <summary>The number; 0 where the id is a text.</summary>
    public long Number => _number;

    /// <summary>A number as an id.</summary>
    public static implicit operator VectorId(long number) => new(number);

    /// <summary>A text as an id.</summary>
    public static implicit operator VectorId(string text) => new(text);

    /// <summary>A number as an id.</summary>
    public static VectorId FromInt64(long number) => new(number);

    /// <summary>A text as an id.</summary>
    public static VectorId FromString(string text) => new(text);

    /// <summary>The number or the text.</summary>
    public override string ToString() => _text ?? _number.ToString(CultureInfo.InvariantCulture);
}
