namespace Semblance;

/// <summary>Converts positions in a text from UTF-16 units to Unicode code points, as Python counts, if results are written in them.</summary>
public sealed class TextPositions
{
    private readonly int[]? _codePoints;

    /// <summary>Initializes a new instance of the <see cref="TextPositions"/> class.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isCodePoints"><see langword="true"/> to count code points; <see langword="false"/> to count UTF-16 units.</param>
    public TextPositions(string text, bool isCodePoints)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (isCodePoints)
        {
            _codePoints = new int[text.Length + 1];
            for (var i = 0; i < text.Length; i++)
            {
                _codePoints[i + 1] = _codePoints[i] + (char.IsLowSurrogate(text[i]) ? 0 : 1);
            }
        }
    }

    /// <summary>Returns a position as it is written.</summary>
    /// <param name="position">The position in UTF-16 units.</param>
    public int Of(int position) => _codePoints?[position] ?? position;
}
