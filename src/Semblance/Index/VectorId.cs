using System.Globalization;
using Semblance.Files;

namespace Semblance;

/// <summary>Represents the id of a vector in an index: a number or a string. <c>42</c> and <c>"42"</c> are different ids.</summary>
public readonly record struct VectorId
{
    private readonly string? _text;
    private readonly long _number;

    /// <summary>Initializes a new instance of the <see cref="VectorId"/> struct from a number.</summary>
    public VectorId(long number) => _number = number;

    /// <summary>Initializes a new instance of the <see cref="VectorId"/> struct from a string.</summary>
    public VectorId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _text = text;
    }

    /// <summary>Gets the string, or <see langword="null"/> if the id is a number.</summary>
    public string? Text => _text;

    /// <summary>Gets the number; 0 if the id is a string.</summary>
    public long Number => _number;

    /// <summary>Converts a number to an id.</summary>
    public static implicit operator VectorId(long number) => new(number);

    /// <summary>Converts a string to an id.</summary>
    public static implicit operator VectorId(string text) => new(text);

    /// <summary>Converts a number to an id.</summary>
    public static VectorId FromInt64(long number) => new(number);

    /// <summary>Converts a string to an id.</summary>
    public static VectorId FromString(string text) => new(text);

    /// <summary>Parses an id as written in a list or on a command line: a whole number is a number, anything else is a string.</summary>
    /// <param name="text">The id. With a leading zero or plus sign it is a string, so that every id round-trips.</param>
    /// <exception cref="OverflowException">The id is a whole number that does not fit in 64 bits.</exception>
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
            : throw new OverflowException(
                $"the id is {Excerpt.Of(text)}; a whole number from {long.MinValue} to {long.MaxValue}, or a text, is expected.");
    }

    /// <summary>Returns the number or the string.</summary>
    public override string ToString() => _text ?? _number.ToString(CultureInfo.InvariantCulture);
}
