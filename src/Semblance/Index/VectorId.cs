using System.Globalization;
using Semblance.Files;

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

    /// <summary>Reads an id as it is written in a list or on a command line: a whole number is a number, anything else a text.</summary>
    /// <param name="text">The id. With a leading zero or plus sign it is a text, so that every id reads back as it was written.</param>
    /// <exception cref="OverflowException">It is a whole number that 64 bits cannot hold.</exception>
    public static VectorId Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        if (digits is not ("0" or [>= '1' and <= '9', ..]) || digits.ContainsAnyExceptInRange('0', '9') || text == "-0")
        {
            return text;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new OverflowException($"the id is {Excerpt.Of(text)}; a whole number from {long.MinValue} to {long.MaxValue}, or a text, is expected.");
    }

    /// <summary>The number or the text.</summary>
    public override string ToString() => _text ?? _number.ToString(CultureInfo.InvariantCulture);
}
